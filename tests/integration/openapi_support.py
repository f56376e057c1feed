"""The OpenAPI document as a tool of the tests: references, operations, and answers held against it."""
import copy
import json
import sys

try:
    import jsonschema
except ImportError:
    print("skipped: the Python module jsonschema (Debian: python3-jsonschema) is not installed")
    sys.exit(77)

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
# Any path may answer these; the document says so once, in `info`.
EVERYWHERE = {405, 431}


def closed(schema):
    """The schema with every object that lists its properties taking no others: what the server says
    and the document does not is found."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    result = {name: closed(one) for name, one in schema.items()}
    if result.get("type") == "object" and "properties" in result:
        result.setdefault("additionalProperties", False)
    return result


class Document:
    def __init__(self, text):
        self.raw = json.loads(text)
        self.components = copy.deepcopy(self.raw["components"])
        self.components["schemas"] = closed(self.components["schemas"])

    def resolve(self, thing):
        """What a {"$ref": "#/components/…"} stands for; anything else is itself."""
        while "$ref" in thing:
            at = self.raw
            for part in thing["$ref"].removeprefix("#/").split("/"):
                at = at[part]
            thing = at
        return thing

    def operations(self):
        """(path, METHOD, operation with the parameters of its path) of each."""
        for path, item in self.raw["paths"].items():
            for method in METHODS:
                if method in item:
                    operation = dict(item[method])
                    operation["parameters"] = [
                        self.resolve(one) for one in
                        item.get("parameters", []) + operation.get("parameters", [])]
                    yield path, method.upper(), operation

    def operation(self, id):
        return next(one for one in self.operations() if one[2]["operationId"] == id)

    def validator(self, schema):
        return jsonschema.Draft202012Validator({**closed(schema), "components": self.components})

    def check_answer(self, operation, status, headers, body):
        """Asserts that the operation may answer so."""
        where = f"{operation['operationId']} -> {status}"
        headers = {name.lower(): value for name, value in headers.items()}
        if status in EVERYWHERE:
            response = {"content": {"application/json": {"schema":
                                                         {"$ref": "#/components/schemas/Error"}}}}
        else:
            assert str(status) in operation["responses"], f"{where} is not documented: {body[:300]}"
            response = self.resolve(operation["responses"][str(status)])
        for name in response.get("headers", {}):
            assert name.lower() in headers, f"{where}: no header {name}"
        content = response.get("content")
        if content is None:
            return
        media = headers.get("content-type", "").split(";")[0]
        assert media in content, f"{where}: {media} is not documented"
        if media == "application/json":
            errors = sorted(self.validator(content[media]["schema"]).iter_errors(json.loads(body)),
                            key=lambda error: list(map(str, error.absolute_path)))
            assert not errors, f"{where}: " + "; ".join(
                f"{'/'.join(map(str, one.absolute_path))}: {one.message[:300]}"
                for one in errors[:5])


def references(thing):
    """Every $ref below."""
    if isinstance(thing, dict):
        for name, value in thing.items():
            if name == "$ref":
                yield value
            else:
                yield from references(value)
    elif isinstance(thing, list):
        for one in thing:
            yield from references(one)
