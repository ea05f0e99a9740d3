package witbin

// What tests look at beside the API.
var (
	WrapWorld          = wrapWorld
	InterfaceComponent = interfaceComponent
)

const DocsSection = docsSection
