"""Holds a feed's model to the structure of CSDL (OData v4, Part 3), and its rows to the model.

The schemas of OASIS order and name what may stand where; this is that part of them which a model of flat
entity sets uses: anything else in the document is a fault.
"""

import re
import xml.etree.ElementTree as ElementTree

edmx = "{http://docs.oasis-open.org/odata/ns/edmx}"
edm = "{http://docs.oasis-open.org/odata/ns/edm}"
simple_identifier = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")

# The types that are used, with what a value of each is in JSON (IEEE754Compatible=false).
types = {
    "Edm.String": lambda v: isinstance(v, str),
    "Edm.Int64": lambda v: isinstance(v, int) and not isinstance(v, bool) and -2**63 <= v < 2**63,
    "Edm.Double": lambda v: isinstance(v, (int, float)) and not isinstance(v, bool),
    "Edm.Boolean": lambda v: isinstance(v, bool),
    "Edm.DateTimeOffset": lambda v: re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,12})?(Z|[-+]\d\d:\d\d)", v) is not None,
}


def attributes(element, required, optional=()):
    given = set(element.attrib)
    assert set(required) <= given <= set(required) | set(optional), (element.tag, element.attrib)


def identifier(name):
    assert simple_identifier.fullmatch(name), name
    return name


def children(element, *tags):
    """The children, which must be of these tags."""
    assert all(child.tag in tags for child in element), (element.tag, [child.tag for child in element])
    assert not (element.text or "").strip() and not any((child.tail or "").strip() for child in element), element.tag
    return list(element)


def unlike(names):
    """No two names differ by the case of letters alone."""
    assert len({name.lower() for name in names}) == len(names), names


def read_model(text):
    """The entity sets of `$metadata`: the properties of each with type and nullability, and its key."""
    assert text.startswith('<?xml version="1.0" encoding="utf-8"?>\n'), text[:60]
    assert "<!" not in text, "a declaration, which no client has to read"
    root = ElementTree.fromstring(text.encode())
    # Edmx: Version and one DataServices, which holds the schema (Part 3, §3).
    assert root.tag == edmx + "Edmx"
    attributes(root, ["Version"])
    assert root.get("Version") == "4.0"
    [services] = children(root, edmx + "DataServices")
    attributes(services, [])
    [schema] = children(services, edm + "Schema")
    attributes(schema, ["Namespace"])
    namespace = identifier(schema.get("Namespace"))
    # The types, then the one container (§5, §13).
    content = children(schema, edm + "EntityType", edm + "EntityContainer")
    assert [e.tag for e in content].index(edm + "EntityContainer") == len(content) - 1, "one container, at the end"
    kinds = {}
    for kind in content[:-1]:
        attributes(kind, ["Name"])
        # The key first, then properties, each name once (§8).
        key, *properties = children(kind, edm + "Key", edm + "Property")
        assert key.tag == edm + "Key" and properties and all(p.tag == edm + "Property" for p in properties), kind.get("Name")
        attributes(key, [])
        references = children(key, edm + "PropertyRef")
        for reference in references:
            attributes(reference, ["Name"])
            assert not list(reference)
        for property in properties:
            attributes(property, ["Name", "Type"], ["Nullable"])
            assert not list(property) and property.get("Type") in types, property.attrib
            assert property.get("Nullable", "true") in ("true", "false")
        names = [identifier(property.get("Name")) for property in properties]
        unlike(names)
        declared = {p.get("Name"): (p.get("Type"), p.get("Nullable", "true") == "true") for p in properties}
        key = [reference.get("Name") for reference in references]
        assert key and len(set(key)) == len(key)
        # What names an entity is there, and can be compared (§8.2).
        for name in key:
            assert not declared[name][1] and declared[name][0] not in ("Edm.Double",), (kind.get("Name"), name)
        assert identifier(kind.get("Name")) not in kinds
        kinds[kind.get("Name")] = (declared, key)
    container = content[-1]
    attributes(container, ["Name"])
    identifier(container.get("Name"))
    sets = {}
    for entry in children(container, edm + "EntitySet"):
        attributes(entry, ["Name", "EntityType"])
        assert not list(entry)
        prefix, _, kind = entry.get("EntityType").rpartition(".")
        assert prefix == namespace and kind in kinds, entry.attrib
        assert identifier(entry.get("Name")) not in sets
        sets[entry.get("Name")] = kinds[kind]
    unlike(list(sets) + [container.get("Name")])
    assert sorted(map(id, kinds.values())) == sorted(map(id, sets.values())), "each type has its set"
    return sets


def hold(row, name, model, about):
    """A row has each property of the model, of its type, and no other."""
    declared, _ = model[name]
    assert list(row) == list(declared), (about, list(row), list(declared))
    for property, value in row.items():
        kind, nullable = declared[property]
        assert nullable if value is None else types[kind](value), (about, property, kind, value)
