package resolve

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestToposort(t *testing.T) {
	tests := []struct {
		name   string
		needs  [][]int
		order  []int
		cycles [][]int // where each edge starts
	}{
		{"nothing", nil, []int{}, nil},
		{"order given", [][]int{{}, {}, {}}, []int{0, 1, 2}, nil},
		{"needs first", [][]int{{2}, {}, {}}, []int{1, 2, 0}, nil},
		{"as early as it can", [][]int{{1}, {}, {}}, []int{1, 0, 2}, nil},
		{"needed twice", [][]int{{1, 1}, {}}, []int{1, 0}, nil},
		{"itself", [][]int{{0}, {}}, []int{1, 0}, [][]int{{0}}},
		{"circle", [][]int{{1}, {2}, {0}}, []int{0, 1, 2}, [][]int{{0, 1, 2}}},
		{"way into a circle", [][]int{{1}, {2}, {1}}, []int{0, 1, 2}, [][]int{{1, 2}}},
		{"two circles", [][]int{{1}, {0}, {3, 0}, {2}}, []int{0, 1, 2, 3}, [][]int{{0, 1}, {2, 3}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := toposort(len(test.needs), func(i int) []int { return test.needs[i] })
			if diff := cmp.Diff(test.order, s.order); diff != "" {
				t.Errorf("order (-want +got):\n%s", diff)
			}
			var cycles [][]int
			for _, c := range s.cycles {
				var from []int
				for _, e := range c.edges[c.start:] {
					from = append(from, e.from)
				}
				cycles = append(cycles, from)
			}
			if diff := cmp.Diff(test.cycles, cycles); diff != "" {
				t.Errorf("cycles (-want +got):\n%s", diff)
			}
		})
	}
}
