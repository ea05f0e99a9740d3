package wasi

//go:generate go tool witgen generate --own-wasi --versioned --all-features --world wasi:cli/command@0.2.12 --world wasi:http/proxy@0.2.12 --out .. ./wit
