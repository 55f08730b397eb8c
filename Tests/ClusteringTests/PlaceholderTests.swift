import Testing

@Test("placeholder until the first suite") func placeholder() { #expect(Bool(true)) }
