"""Judges the vectors with Python's protobuf: reads {"vectors": [...]} from standard input, writes one answer a vector to standard output.

Usage: agree.py FOLDER, which holds what protoc made of the schema. An answer is {"json": what Python reads, "hex": what Python writes}.
"""

import importlib
import json
import pathlib
import sys

from google.protobuf import json_format, symbol_database

folder = pathlib.Path(sys.argv[1])
sys.path.insert(0, str(folder))
for file in sorted((folder / "remoteassist" / "v1").glob("*_pb2.py")):
    importlib.import_module(f"remoteassist.v1.{file.stem}")

answers = []
for vector in json.load(sys.stdin)["vectors"]:
    message_class = symbol_database.Default().GetSymbol(vector["type"])
    read = message_class.FromString(bytes.fromhex(vector["hex"]))
    written = json_format.ParseDict(vector["json"], message_class())
    answers.append({
        "json": json_format.MessageToDict(read),
        "hex": written.SerializeToString(deterministic=True).hex(),
    })
json.dump(answers, sys.stdout)
