"""The echo service on python3-grpcio. Prints its port, then serves until its input ends."""
import sys
import threading
import time
from concurrent import futures

import grpc

from echo_messages import EchoRequest, EchoResponse, SERVICE

states = {}


def answer(request, context):
    states[request.call_key] = "started"
    if not context.add_callback(lambda: note(request.call_key, context)):
        note(request.call_key, context)
    until = time.monotonic() + request.delay_ms / 1000
    while time.monotonic() < until and context.is_active():
        time.sleep(0.02)
    fail_if_asked(request, context)
    payload = bytes(request.response_bytes) if request.response_bytes else request.payload
    return EchoResponse(text=request.text, payload=payload, count=request.count, payload_bytes=len(request.payload))


# The callback runs at the end of every call; one that has no code by then was given up.
def note(key, context):
    if context.code() is None:
        states[key] = "cancelled"


def fail_if_asked(request, context):
    if request.crash:
        raise RuntimeError("crash")
    if request.fail_code:
        trailers = [("x-failed", "yes")]
        if request.fail_details:
            trailers.append(("grpc-status-details-bin", request.fail_details))
        context.set_trailing_metadata(trailers)
        code = next(code for code in grpc.StatusCode if code.value[0] == request.fail_code)
        context.abort(code, request.fail_message)


def echo_metadata(context):
    metadata = context.invocation_metadata()
    context.send_initial_metadata([(k, v) for k, v in metadata if k.startswith("x-initial")])
    context.set_trailing_metadata([(k, v) for k, v in metadata if k.startswith("x-trailing")])


def unary(request, context):
    echo_metadata(context)
    return answer(request, context)


def client_stream(requests, context):
    echo_metadata(context)
    response = EchoResponse()
    for request in requests:
        one = answer(request, context)
        response.count += 1
        response.text = one.text
        response.payload_bytes += one.payload_bytes
    return response


def server_stream(request, context):
    echo_metadata(context)
    once = EchoRequest()
    once.CopyFrom(request)
    once.fail_code = 0
    for i in range(request.count):
        if not context.is_active():
            return
        one = answer(once, context)
        one.count = i
        yield one
    fail_if_asked(request, context)


def duplex(requests, context):
    echo_metadata(context)
    for request in requests:
        yield answer(request, context)


def call_state(request, _):
    return EchoResponse(text=states.get(request.call_key, ""))


def handlers():
    codec = dict(request_deserializer=EchoRequest.FromString, response_serializer=EchoResponse.SerializeToString)
    return grpc.method_handlers_generic_handler(SERVICE, {
        "Unary": grpc.unary_unary_rpc_method_handler(unary, **codec),
        "ClientStream": grpc.stream_unary_rpc_method_handler(client_stream, **codec),
        "ServerStream": grpc.unary_stream_rpc_method_handler(server_stream, **codec),
        "Duplex": grpc.stream_stream_rpc_method_handler(duplex, **codec),
        "CallState": grpc.unary_unary_rpc_method_handler(call_state, **codec),
    })


def main():
    server = grpc.server(
        futures.ThreadPoolExecutor(64),
        options=[("grpc.max_receive_message_length", 8 << 20)],
        compression=grpc.Compression.Gzip)
    server.add_generic_rpc_handlers((handlers(),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    threading.Thread(target=lambda: (sys.stdin.read(), server.stop(None))).start()
    server.wait_for_termination()


main()
