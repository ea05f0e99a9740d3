package bench

//go:generate go tool witgen generate --world calls --world json --out gen --prune ./wit
