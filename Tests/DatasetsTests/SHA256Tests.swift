import Datasets
import Testing

@Suite("SHA-256 and HMAC")
struct SHA256Tests {
  private func hex(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  // FIPS 180-4's examples (NIST, Cryptographic Standards and Guidelines, Examples with Intermediate
  // Values), and the empty text.
  @Test(
    "the published examples",
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
      (
        String(repeating: "a", count: 1_000_000),
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
      ),
    ])
  func examples(text: String, digest: String) {
    #expect(hex(SHA256.digest(text.utf8)) == digest)
  }

  @Test("each length around a block, cut anywhere, is the same text")
  func pieces() {
    let text = Array((0..<200).map { UInt8($0) })
    for count in [0, 1, 54, 55, 56, 57, 63, 64, 65, 119, 120, 127, 128, 200] {
      let whole = SHA256.digest(text[..<count])
      for cut in stride(from: 0, through: count, by: 7) {
        var hash = SHA256()
        hash.add(text[..<cut])
        hash.add(text[cut..<count])
        #expect(hash.finish() == whole)
      }
    }
  }

  // RFC 4231 §4.2, 4.3, 4.7.
  @Test(
    "the published codes",
    arguments: [
      (
        [UInt8](repeating: 0x0b, count: 20), "Hi There",
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
      ),
      (
        Array("Jefe".utf8), "what do ya want for nothing?",
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
      ),
      (
        [UInt8](repeating: 0xaa, count: 131),
        "Test Using Larger Than Block-Size Key - Hash Key First",
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
      ),
    ])
  func codes(key: [UInt8], text: String, code: String) {
    let authentication = MessageAuthentication(key: key)
    #expect(hex(authentication.code(of: text.utf8)) == code)
    #expect(hex(authentication.code(of: text.utf8)) == code)
  }
}
