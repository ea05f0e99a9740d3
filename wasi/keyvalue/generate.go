package keyvalue

//go:generate go tool witgen generate --own-wasi --versioned --world wasi:keyvalue/imports@0.2.0-draft --out ../.. ./wit
