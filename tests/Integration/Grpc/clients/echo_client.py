"""Calls the echo service of this repository with python3-grpcio. Usage: echo_client.py HOST:PORT.

Prints one JSON object: for each scenario "ok", or what went wrong.
"""
import json
import sys
import threading
import time
import traceback
import uuid

import grpc

from echo_messages import EchoRequest, EchoResponse, SERVICE

MANY = 5000
MINUTE = 60_000
LIMIT = [("grpc.max_receive_message_length", 8 << 20)]


class Client:
    def __init__(self, address, **options):
        self.channel = grpc.insecure_channel(address, options=LIMIT, **options)
        codec = dict(request_serializer=EchoRequest.SerializeToString, response_deserializer=EchoResponse.FromString)
        self.unary = self.channel.unary_unary(f"/{SERVICE}/Unary", **codec)
        self.upload = self.channel.stream_unary(f"/{SERVICE}/ClientStream", **codec)
        self.download = self.channel.unary_stream(f"/{SERVICE}/ServerStream", **codec)
        self.duplex = self.channel.stream_stream(f"/{SERVICE}/Duplex", **codec)
        self.call_state = self.channel.unary_unary(f"/{SERVICE}/CallState", **codec)
        self.nothing = self.channel.unary_unary(f"/{SERVICE}/Nothing", **codec)

    def sees(self, key, state):
        until = time.monotonic() + 60
        while self.call_state(EchoRequest(call_key=key)).text != state:
            assert time.monotonic() < until, f"the server does not take the call for {state}"
            time.sleep(0.02)


def fails(code, call):
    try:
        call()
    except grpc.RpcError as error:
        assert error.code() == code, f"{error.code()} instead of {code}: {error.details()}"
        return error
    raise AssertionError(f"no error, {code} was expected")


def unary(client):
    assert client.unary(EchoRequest(text="héllo 漢字")).text == "héllo 漢字"


def empty_message(client):
    assert client.unary(EchoRequest()) == EchoResponse()


def big_message(client):
    payload = bytes(range(256)) * (3 << 12)
    assert client.unary(EchoRequest(payload=payload)).payload == payload


def upload(client):
    response = client.upload(EchoRequest(text=str(i), payload=b"0123456789") for i in range(MANY))
    assert (response.count, response.text, response.payload_bytes) == (MANY, str(MANY - 1), 10 * MANY), response


def download(client):
    assert [r.count for r in client.download(EchoRequest(count=MANY))] == list(range(MANY))


def duplex(client):
    responses = client.duplex(EchoRequest(count=i, text="some text") for i in range(MANY))
    assert [r.count for r in responses] == list(range(MANY))


def empty_streams(client):
    assert client.upload(iter(())).count == 0
    assert list(client.download(EchoRequest())) == []
    assert list(client.duplex(iter(()))) == []


def status(client):
    for message in ("plain", "100 % übel:\r\n漢字", ""):
        error = fails(grpc.StatusCode.ABORTED, lambda: client.unary(EchoRequest(fail_code=10, fail_message=message)))
        assert error.details() == message, error.details()
        assert ("x-failed", "yes") in error.trailing_metadata()


def status_details(client):
    details = bytes(range(200))
    request = EchoRequest(fail_code=3, fail_details=details)
    error = fails(grpc.StatusCode.INVALID_ARGUMENT, lambda: client.unary(request))
    assert dict(error.trailing_metadata())["grpc-status-details-bin"] == details


def failing_stream(client):
    seen = []
    request = EchoRequest(count=3, fail_code=8, fail_message="enough")
    error = fails(grpc.StatusCode.RESOURCE_EXHAUSTED, lambda: seen.extend(r.count for r in client.download(request)))
    assert seen == [0, 1, 2] and error.details() == "enough"


def crash_is_unknown(client):
    error = fails(grpc.StatusCode.UNKNOWN, lambda: client.unary(EchoRequest(crash=True)))
    assert "hunter2" not in error.details()


def unknown_method(client):
    fails(grpc.StatusCode.UNIMPLEMENTED, lambda: client.nothing(EchoRequest()))


def metadata(client):
    sent = [("x-initial", "a, b"), ("x-initial-bin", b"\x00\xff,="), ("x-initial-bin", b"2"),
            ("x-trailing", "z"), ("x-trailing-bin", b"\x01\x02\x03")]
    _, call = client.unary.with_call(EchoRequest(), metadata=sent)
    initial = [(k, v) for k, v in call.initial_metadata() if k.startswith("x-")]
    trailing = [(k, v) for k, v in call.trailing_metadata() if k.startswith("x-")]
    assert sorted(initial) == sorted(sent[:3]), initial
    assert sorted(trailing) == sorted(sent[3:]), trailing


def deadline(client):
    key = str(uuid.uuid4())
    request = EchoRequest(delay_ms=MINUTE, call_key=key)
    fails(grpc.StatusCode.DEADLINE_EXCEEDED, lambda: client.unary(request, timeout=4))
    client.sees(key, "cancelled")


def cancellation(client):
    key = str(uuid.uuid4())
    call = client.unary.future(EchoRequest(delay_ms=MINUTE, call_key=key))
    client.sees(key, "started")
    call.cancel()
    client.sees(key, "cancelled")


def abandoned_stream(client):
    key = str(uuid.uuid4())
    hold = threading.Event()

    def requests():
        yield EchoRequest()
        yield EchoRequest(delay_ms=MINUTE, call_key=key)
        hold.wait(30)

    call = client.duplex(requests())
    next(call)
    client.sees(key, "started")
    call.cancel()
    client.sees(key, "cancelled")
    hold.set()


def abandoned_connection(client):
    key = str(uuid.uuid4())
    other = Client(sys.argv[1], compression=None)
    call = other.unary.future(EchoRequest(delay_ms=MINUTE, call_key=key))
    client.sees(key, "started")
    assert not call.done()
    other.channel.close()
    client.sees(key, "cancelled")


def gzip(client):
    payload = bytes(500_000)
    zipping = Client(sys.argv[1], compression=grpc.Compression.Gzip)
    assert zipping.unary(EchoRequest(payload=payload)).payload == payload
    responses = zipping.duplex(EchoRequest(payload=bytes(i)) for i in range(300))
    assert [len(r.payload) for r in responses] == list(range(300))


def deflate_is_refused(client):
    zipping = Client(sys.argv[1], compression=grpc.Compression.Deflate)
    fails(grpc.StatusCode.UNIMPLEMENTED, lambda: zipping.unary(EchoRequest(payload=bytes(1000))))


def oversized(client):
    fails(grpc.StatusCode.RESOURCE_EXHAUSTED, lambda: client.unary(EchoRequest(payload=bytes((4 << 20) + 1))))


SCENARIOS = [unary, empty_message, big_message, upload, download, duplex, empty_streams, status, status_details,
             failing_stream, crash_is_unknown, unknown_method, metadata, deadline, cancellation, abandoned_stream,
             abandoned_connection, gzip, deflate_is_refused, oversized]


def main():
    client = Client(sys.argv[1])
    results = {}
    for scenario in SCENARIOS:
        try:
            scenario(client)
            results[scenario.__name__] = "ok"
        except Exception:
            results[scenario.__name__] = traceback.format_exc()
    print(json.dumps(results))


main()
