"""What the bound headers declare."""

import re
from dataclasses import dataclass

from clang.cindex import AvailabilityKind, CursorKind, TypeKind

from clang_tree import Tree


@dataclass(frozen=True)
class Declaration:
    kind: str  # function, struct, union, enum, constant, typedef, define, variable
    name: str
    header: str
    text: str
    fields: tuple = ()  # (name, type, offset in bytes) of a struct
    comment: str = ""
    deprecated: bool = False

    @property
    def include(self):
        """The line that allows it in includes.txt."""
        return f"--include-{ {'define': 'constant', 'enum': 'typedef', 'variable': 'var'}.get(self.kind, self.kind)} {self.name}"

    @property
    def takes_file(self):
        return self.kind == "function" and re.search(r"\bFILE \*", self.text) is not None


def declarations(tree: Tree, umbrella, own_folder):
    """Everything that the umbrella header reaches in the tree, by kind and name, and the headers that it reaches."""
    arguments = ["-x", "c", "-std=c11", "-fparse-all-comments", *tree.folders(), f"-I{own_folder}"]
    unit = tree.parse(umbrella, arguments)
    errors = [str(d) for d in unit.diagnostics if d.severity >= 3]
    found, headers = {}, set()
    for cursor in unit.cursor.get_children():
        header = tree.inside(cursor)
        if header is None:
            continue
        headers.add(header)
        for declaration in read(cursor, header):
            key = declaration.kind, declaration.name
            # A struct is declared again and again; what defines it says most.
            if key not in found or len(declaration.fields) > len(found[key].fields):
                found[key] = declaration
    return found, headers, errors


def read(cursor, header):
    kind = cursor.kind
    if kind == CursorKind.FUNCTION_DECL:
        yield Declaration("function", cursor.spelling, header, signature(cursor), comment=comment(cursor), deprecated=deprecated(cursor))
    elif kind in (CursorKind.STRUCT_DECL, CursorKind.UNION_DECL):
        yield record(cursor, header)
    elif kind == CursorKind.ENUM_DECL:
        if not cursor.is_anonymous():
            yield Declaration("enum", cursor.spelling, header, f"enum of {cursor.enum_type.spelling}")
        for constant in cursor.get_children():
            if constant.kind == CursorKind.ENUM_CONSTANT_DECL:
                yield Declaration("constant", constant.spelling, header, f"{constant.enum_value}", deprecated=deprecated(constant))
    elif kind == CursorKind.TYPEDEF_DECL:
        under = cursor.underlying_typedef_type
        # `typedef struct { … } name;` is the struct.
        if under.get_canonical().get_declaration().spelling != cursor.spelling:
            yield Declaration("typedef", cursor.spelling, header, spelled(under), deprecated=deprecated(cursor))
    elif kind == CursorKind.MACRO_DEFINITION:
        text = " ".join(token.spelling for token in list(cursor.get_tokens())[1:])
        if text:
            yield Declaration("define", cursor.spelling, header, text)
    elif kind == CursorKind.VAR_DECL:
        yield Declaration("variable", cursor.spelling, header, spelled(cursor.type))


def signature(cursor):
    parameters = [f"{spelled(p.type)} {p.spelling}".strip() for p in cursor.get_arguments()]
    if cursor.type.kind == TypeKind.FUNCTIONPROTO and cursor.type.is_function_variadic():
        parameters.append("...")
    return f"{spelled(cursor.result_type)} {cursor.spelling}({', '.join(parameters) or 'void'})"


def types_only(text):
    """A signature without the names of its parameters."""
    return re.sub(r"(?<=[ *])\w+(?=[,)])", "", text)


def record(cursor, header):
    kind = "union" if cursor.kind == CursorKind.UNION_DECL else "struct"
    if not cursor.is_definition():
        return Declaration(kind, cursor.spelling, header, "opaque")
    layout = f"{cursor.type.get_size()} bytes, aligned to {cursor.type.get_align()}"
    return Declaration(kind, cursor.spelling, header, layout, tuple(members(cursor.type, "", 0)))


def members(type_, prefix, base):
    for member in type_.get_fields():
        offset = base + member.get_field_offsetof()
        inner = member.type.get_canonical().get_declaration()
        nested = inner.is_anonymous()
        name = prefix + ("" if member.is_anonymous() else member.spelling)
        if nested:
            yield from members(member.type.get_canonical(), f"{name}." if name != prefix else prefix, offset)
        else:
            yield name, spelled(member.type), offset // 8


def spelled(type_):
    """A type as C programmers write it, without the place where an unnamed one is declared."""
    return re.sub(r"\b_Bool\b", "bool", re.sub(r"\((unnamed|anonymous)[^)]*\)", "(unnamed)", type_.spelling))


def deprecated(cursor):
    return cursor.availability == AvailabilityKind.DEPRECATED


def comment(cursor):
    return "\n".join(line.strip() for line in (cursor.raw_comment or "").splitlines())
