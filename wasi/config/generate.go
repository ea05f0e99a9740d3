package config

//go:generate go tool witgen generate --own-wasi --versioned --world wasi:config/imports@0.2.0-rc.1 --out ../.. ./wit
