import Testing

@testable import SegmentationAPI

@Suite struct JSONTests {
  @Test(
    "numbers are written in the shortest form that reads back the same",
    arguments: [
      (0, "0"), (-0.0, "0"), (45, "45"), (-3, "-3"), (0.1, "0.1"), (133.8683, "133.8683"),
      (54.266666666666666, "54.266666666666666"), (1e21, "1e+21"), (1e-7, "1e-07"),
      (9_007_199_254_740_991, "9007199254740991"), (.nan, "null"), (.infinity, "null"),
    ] as [(Double, String)])
  func numbers(value: Double, text: String) {
    #expect(String(decoding: JSON.number(value).bytes, as: UTF8.self) == text)
  }

  @Test("every finite number reads back the same")
  func numbersReadBack() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<2000 {
      let value = Double(bitPattern: random.next())
      guard value.isFinite else { continue }
      let text = String(decoding: JSON.number(value).bytes, as: UTF8.self)
      #expect(Double(text) == value, "\(value.bitPattern)")
    }
  }

  @Test(
    "strings are escaped as RFC 8259 asks, and are inert in HTML",
    arguments: [
      ("plain", #""plain""#), ("a\"b\\c", #""a\"b\\c""#), ("\n\t\r", #""\n\t\r""#),
      ("\u{1}\u{7F}", #""\u0001\u007f""#), ("</script>", #""\u003c/script>""#),
      ("고객 🛍", #""고객 🛍""#),
    ])
  func strings(text: String, json: String) {
    #expect(String(decoding: JSON.string(text).bytes, as: UTF8.self) == json)
  }

  @Test("members keep their order")
  func order() {
    let json: JSON = ["z": 1, "a": [true, nil, "x"], "m": ["k": 2.5]]
    #expect(
      String(decoding: json.bytes, as: UTF8.self) == #"{"z":1,"a":[true,null,"x"],"m":{"k":2.5}}"#)
  }
}
