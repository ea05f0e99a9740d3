package wasihttp_test

import (
	"net/http/httptest"
	"testing"

	"github.com/witgen/witgen/wasi/wasihttp"
)

// broken is a response writer that panics.
type broken struct{ *httptest.ResponseRecorder }

func (broken) Write([]byte) (int, error) { panic("the writer is broken") }

// A panic of the writer reaches the handler's caller, whether the guest has ended or goes
// on, and ends the guest.
func TestBrokenWriter(t *testing.T) {
	for _, path := range []string{"/asked", "/endless"} {
		t.Run(path, func(t *testing.T) {
			settles(t)
			h := wasihttp.Handler(hostileGuest(t))
			defer func() {
				if got := recover(); got != "the writer is broken" {
					t.Errorf("recovered %v", got)
				}
			}()
			h.ServeHTTP(broken{httptest.NewRecorder()}, httptest.NewRequest("GET", path, nil))
		})
	}
}
