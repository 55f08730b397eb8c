/// The service document and `$metadata` of a feed (OData v4 CSDL).
enum ODataMetadata {
  /// The model as XML, whatever a client says it accepts.
  static func xml(_ sets: [EntitySet]) -> [UInt8] {
    var out = """
      <?xml version="1.0" encoding="utf-8"?>
      <edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx">
        <edmx:DataServices>
          <Schema Namespace="Segments" xmlns="http://docs.oasis-open.org/odata/ns/edm">

      """
    for set in sets {
      out += "      <EntityType Name=\"\(set.typeName)\">\n        <Key>"
      for key in set.key { out += "<PropertyRef Name=\"\(set.properties[key].name)\"/>" }
      out += "</Key>\n"
      // Names are letters, digits and underscores: nothing has to be escaped.
      for property in set.properties {
        let nullable = property.isNullable ? "" : " Nullable=\"false\""
        out +=
          "        <Property Name=\"\(property.name)\" Type=\"\(property.type.rawValue)\"\(nullable)/>\n"
      }
      out += "      </EntityType>\n"
    }
    out += "      <EntityContainer Name=\"Container\">\n"
    for set in sets {
      out += "        <EntitySet Name=\"\(set.name)\" EntityType=\"Segments.\(set.typeName)\"/>\n"
    }
    out += """
            </EntityContainer>
          </Schema>
        </edmx:DataServices>
      </edmx:Edmx>

      """
    return Array(out.utf8)
  }

  /// The list of entity sets.
  static func serviceDocument(_ sets: [EntitySet], root: String) -> JSON {
    [
      "@odata.context": .string("\(root)$metadata"),
      "value": .array(
        sets.map { set in
          ["name": .string(set.name), "kind": "EntitySet", "url": .string(set.name)]
        }),
    ]
  }
}

extension ODataMetadata {
  static let schema = Schema.object([
    "@odata.context": .string,
    "value": .array(
      of: .object(["name": .string, "kind": .words(["EntitySet"]), "url": .string])),
  ]).named("ServiceDocument")
}
