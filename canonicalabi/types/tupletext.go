package types

// The tuples as error messages show them.

func (Unit) text() string { return "()" }

func (t Tuple1[T0]) text() string { return TupleText(Text(t.F0)) }

func (t Tuple2[T0, T1]) text() string { return TupleText(Text(t.F0), Text(t.F1)) }

func (t Tuple3[T0, T1, T2]) text() string { return TupleText(Text(t.F0), Text(t.F1), Text(t.F2)) }

func (t Tuple4[T0, T1, T2, T3]) text() string {
	return TupleText(Text(t.F0), Text(t.F1), Text(t.F2), Text(t.F3))
}

func (t Tuple5[T0, T1, T2, T3, T4]) text() string {
	return TupleText(Text(t.F0), Text(t.F1), Text(t.F2), Text(t.F3), Text(t.F4))
}

func (t Tuple6[T0, T1, T2, T3, T4, T5]) text() string {
	return TupleText(Text(t.F0), Text(t.F1), Text(t.F2), Text(t.F3), Text(t.F4), Text(t.F5))
}

func (t Tuple7[T0, T1, T2, T3, T4, T5, T6]) text() string {
	return TupleText(Text(t.F0), Text(t.F1), Text(t.F2), Text(t.F3), Text(t.F4), Text(t.F5), Text(t.F6))
}

func (t Tuple8[T0, T1, T2, T3, T4, T5, T6, T7]) text() string {
	return TupleText(Text(t.F0), Text(t.F1), Text(t.F2), Text(t.F3), Text(t.F4), Text(t.F5), Text(t.F6), Text(t.F7))
}

func (t Tuple9[T0, T1, T2, T3, T4, T5, T6, T7, T8]) text() string {
	return TupleText(Text(t.F0), Text(t.F1), Text(t.F2), Text(t.F3), Text(t.F4), Text(t.F5), Text(t.F6), Text(t.F7),
		Text(t.F8))
}

func (t Tuple10[T0, T1, T2, T3, T4, T5, T6, T7, T8, T9]) text() string {
	return TupleText(Text(t.F0), Text(t.F1), Text(t.F2), Text(t.F3), Text(t.F4), Text(t.F5), Text(t.F6), Text(t.F7),
		Text(t.F8), Text(t.F9))
}

func (t Tuple11[T0, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10]) text() string {
	return TupleText(Text(t.F0), Text(t.F1), Text(t.F2), Text(t.F3), Text(t.F4), Text(t.F5), Text(t.F6), Text(t.F7),
		Text(t.F8), Text(t.F9), Text(t.F10))
}

func (t Tuple12[T0, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11]) text() string {
	return TupleText(Text(t.F0), Text(t.F1), Text(t.F2), Text(t.F3), Text(t.F4), Text(t.F5), Text(t.F6), Text(t.F7),
		Text(t.F8), Text(t.F9), Text(t.F10), Text(t.F11))
}

func (t Tuple13[T0, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12]) text() string {
	return TupleText(Text(t.F0), Text(t.F1), Text(t.F2), Text(t.F3), Text(t.F4), Text(t.F5), Text(t.F6), Text(t.F7),
		Text(t.F8), Text(t.F9), Text(t.F10), Text(t.F11), Text(t.F12))
}

func (t Tuple14[T0, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13]) text() string {
	return TupleText(Text(t.F0), Text(t.F1), Text(t.F2), Text(t.F3), Text(t.F4), Text(t.F5), Text(t.F6), Text(t.F7),
		Text(t.F8), Text(t.F9), Text(t.F10), Text(t.F11), Text(t.F12), Text(t.F13))
}

func (t Tuple15[T0, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14]) text() string {
	return TupleText(Text(t.F0), Text(t.F1), Text(t.F2), Text(t.F3), Text(t.F4), Text(t.F5), Text(t.F6), Text(t.F7),
		Text(t.F8), Text(t.F9), Text(t.F10), Text(t.F11), Text(t.F12), Text(t.F13), Text(t.F14))
}

func (t Tuple16[T0, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15]) text() string {
	return TupleText(Text(t.F0), Text(t.F1), Text(t.F2), Text(t.F3), Text(t.F4), Text(t.F5), Text(t.F6), Text(t.F7),
		Text(t.F8), Text(t.F9), Text(t.F10), Text(t.F11), Text(t.F12), Text(t.F13), Text(t.F14), Text(t.F15))
}
