"""Calls doors with python3-grpcio. Standard input: a JSON list of cases {address, method, request (hex), token, ca, cert, key}.

Prints one JSON list: for each case the name of the status and its details.
"""
import json
import sys

import grpc


def read(path):
    with open(path, "rb") as source:
        return source.read()


def connect(case):
    if not case.get("ca"):
        return grpc.insecure_channel(case["address"])
    own = {}
    if case.get("cert"):
        own = dict(private_key=read(case["key"]), certificate_chain=read(case["cert"]))
    return grpc.secure_channel(case["address"], grpc.ssl_channel_credentials(read(case["ca"]), **own))


def run(case):
    metadata = [("authorization", case["token"])] if case.get("token") else []
    with connect(case) as channel:
        call = channel.unary_unary(case["method"], request_serializer=bytes, response_deserializer=bytes)
        try:
            call(bytes.fromhex(case["request"]), metadata=metadata, timeout=30)
        except grpc.RpcError as error:
            return {"status": error.code().name, "details": error.details()}
    return {"status": "OK", "details": ""}


print(json.dumps([run(case) for case in json.load(sys.stdin)]))
