"""Holds a Feed stream with python3-grpcio. Usage: feed_client.py HOST:PORT DESCRIPTORS USER VIDEO.

Prints one JSON object: tiers and videos of the batches, and the acknowledgements.
"""
import json
import queue
import sys

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

address, descriptors, user, video = sys.argv[1:]
files = descriptor_pb2.FileDescriptorSet()
with open(descriptors, "rb") as source:
    files.ParseFromString(source.read())
pool = descriptor_pool.DescriptorPool()
for file in files.file:
    pool.Add(file)
factory = message_factory.MessageFactory(pool)
FeedRequest, FeedResponse = (factory.GetPrototype(pool.FindMessageTypeByName("recommender.v1." + name)) for name in ("FeedRequest", "FeedResponse"))

to_send = queue.Queue()
with grpc.insecure_channel(address) as channel:
    feed = channel.stream_stream(
        "/recommender.v1.RecommendationService/Feed", request_serializer=FeedRequest.SerializeToString, response_deserializer=FeedResponse.FromString)
    responses = feed(iter(to_send.get, None), timeout=60)
    told = {"tiers": [], "videos": [], "acks": []}

    def receive():
        response = next(responses)
        if response.WhichOneof("kind") == "ack":
            told["acks"].append({"event_id": response.ack.event_id, "rejected_reason": response.ack.rejected_reason})
        else:
            told["tiers"].append(response.videos.tier)
            told["videos"] += [v.video_id for v in response.videos.videos]

    to_send.put(FeedRequest(start={"request": {"user_id": user}, "ahead": 5}))
    receive()
    for event in ({"event_id": "from-python", "type": 2, "video_id": video}, {"type": 2}):
        to_send.put(FeedRequest(event=event))
        receive()
    to_send.put(FeedRequest(buffer={"videos": 0}))
    receive()
    to_send.put(None)
    told["ended"] = next(responses, None) is None and responses.code() == grpc.StatusCode.OK
print(json.dumps(told))
