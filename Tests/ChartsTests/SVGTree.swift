import Foundation
import FoundationXML

/// An SVG read back: what a reader of the picture, or a program, finds in it.
final class SVGTree: NSObject, XMLParserDelegate {
  struct Element {
    let name: String
    let attributes: [String: String]
    /// The attributes of the elements around it, the outermost first.
    let ancestors: [[String: String]]
    var text = ""

    func number(_ name: String) -> Double? { attributes["data-\(name)"].flatMap(Double.init) }
    /// A data attribute of this element or of the nearest around it.
    func datum(_ name: String) -> String? {
      attributes["data-\(name)"] ?? ancestors.last { $0["data-\(name)"] != nil }?["data-\(name)"]
    }
  }

  private(set) var elements: [Element] = []
  private var open: [Int] = []

  /// Reads a document; nil when it is not well-formed.
  init?(_ bytes: [UInt8]) {
    super.init()
    let parser = XMLParser(data: Data(bytes))
    parser.delegate = self
    guard parser.parse() else { return nil }
  }

  func all(_ name: String, with datum: String? = nil) -> [Element] {
    elements.filter { element in
      element.name == name && (datum.map { element.attributes["data-\($0)"] != nil } ?? true)
    }
  }

  /// Every element that carries a datum.
  func having(_ datum: String) -> [Element] {
    elements.filter { $0.attributes["data-\(datum)"] != nil }
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    open.append(elements.count)
    elements.append(
      Element(
        name: name, attributes: attributes,
        ancestors: open.dropLast().map { elements[$0].attributes }))
  }

  func parser(_ parser: XMLParser, foundCharacters text: String) {
    if let last = open.last { elements[last].text += text }
  }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
  ) {
    open.removeLast()
  }
}
