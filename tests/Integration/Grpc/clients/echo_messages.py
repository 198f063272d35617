"""The echo service's messages, made from the descriptors that the test wrote: no generated code is needed."""
import os

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

SERVICE = "recommender.test.v1.EchoService"


def load():
    files = descriptor_pb2.FileDescriptorSet()
    with open(os.environ["ECHO_DESCRIPTORS"], "rb") as source:
        files.ParseFromString(source.read())
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.Add(file)
    factory = message_factory.MessageFactory(pool)
    names = ("recommender.test.v1.EchoRequest", "recommender.test.v1.EchoResponse")
    return [factory.GetPrototype(pool.FindMessageTypeByName(name)) for name in names]


EchoRequest, EchoResponse = load()
