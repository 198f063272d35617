using System.Text;
using Recommender.Hosting.Objects;
using Recommender.Tests.Fixtures;

namespace Recommender.Tests.Integration.Objects;

/// <summary>A bucket as a store of objects.</summary>
public sealed class S3StoreTests : BucketTest
{
    private const string Odd = "type=view/day=2026-11-22/a+b &%20.gz";

    [Fact]
    public void Objects_are_stored_listed_read_replaced_and_deleted()
    {
        var store = Store();
        Assert.True(store.Add(Odd, WriteFile("one", [1, 2, 3])));
        store.Put("small.json", "{}"u8.ToArray());
        Assert.Equal([("small.json", 2L), (Odd, 3L)], store.List().OrderBy(o => o.Bytes).Select(o => (o.Name, o.Bytes)));
        Assert.Equal([Odd], store.List("type=view/").Select(o => o.Name));
        using (var copy = store.Borrow(Odd)) Assert.Equal([1, 2, 3], File.ReadAllBytes(copy.Path));
        Assert.Equal("{}"u8.ToArray(), store.Read("small.json"));

        var listed = store.List("small").Single();
        Assert.Equal("{}"u8.ToArray(), store.Read(listed));
        store.Put("small.json", "[1]"u8.ToArray());
        Assert.Equal("[1]"u8.ToArray(), store.Read("small.json"));
        Assert.Equal("[1]"u8.ToArray(), store.Read(store.List("small").Single()));

        store.Delete(Odd);
        store.Delete(Odd);
        Assert.Null(store.Read(Odd));
        Assert.Throws<FileNotFoundException>(() => store.Borrow(Odd));
        Assert.Empty(Directory.GetFiles(Path.Combine(Folder, "work")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_is_there_is_not_stored_again(bool knowsConditions)
    {
        Server.Door.KnowsConditions = knowsConditions;
        var store = Store();
        Assert.True(store.Add("a", WriteFile("one", [1])));
        Assert.False(store.Add("a", WriteFile("two", [2])));
        Assert.Equal([1], store.Read("a"));
        // Another process that has not seen it come.
        if (knowsConditions) Assert.False(store.PutIf("a", [3], sameAs: null));
        Assert.Equal(!knowsConditions, store.PutIf("a", [1], sameAs: "\"another\""));
    }

    [Fact]
    public void Large_files_go_in_parts()
    {
        var content = new byte[(12 << 20) + 7];
        new Random(1).NextBytes(content);
        var store = Store(partBytes: 5 << 20);
        Assert.True(store.Add("large", WriteFile("large", content)));
        using var copy = store.Borrow("large");
        Assert.Equal(content, File.ReadAllBytes(copy.Path));
    }

    [Fact]
    public void A_damaged_object_is_refused()
    {
        var store = Store();
        store.Put("a.json", Encoding.UTF8.GetBytes("some content"));
        Server.Damage("archive/a.json");
        var e = Assert.Throws<InvalidDataException>(() => store.Read("a.json"));
        Assert.Equal($"s3://{S3Server.Bucket}/test/archive/a.json is damaged: its content is not what was stored, by the checksum kept with it", e.Message);
    }

    [Fact]
    public void What_is_wrong_is_said_in_a_sentence()
    {
        var name = Server.Options.Endpoint;
        var missing = Assert.Throws<ObjectStoreException>(() => Store(change: o => o with { Bucket = "nowhere" }).Check(forWriting: true));
        Assert.Equal((true, $"ObjectStore:Bucket is nowhere; the object store {name} has no such bucket."), (missing.IsRefusal, missing.Message));
        var refused = Assert.Throws<ObjectStoreException>(() => Store(change: o => o with { AccessKeyFile = Server.WriteFile("wrong", "WRONG") }).Check(forWriting: false));
        Assert.Equal(
            (true, $"the object store {name} refuses the credentials for the bucket {S3Server.Bucket} (InvalidAccessKeyId); see ObjectStore:AccessKeyFile and SecretKeyFile."),
            (refused.IsRefusal, refused.Message));
        Server.Door.IsAway = true;
        var away = Assert.Throws<ObjectStoreException>(() => Store().Check(forWriting: false));
        Assert.False(away.IsRefusal);
        Assert.StartsWith($"the object store {name} does not answer", away.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_lock_has_one_holder(bool knowsConditions)
    {
        Server.Door.KnowsConditions = knowsConditions;
        var stores = Enumerable.Range(0, 4).Select(_ => Store()).ToArray();
        for (var round = 0; round < 3; round++)
        {
            var taken = new List<ObjectLock>();
            Parallel.ForEach(stores, new ParallelOptions { MaxDegreeOfParallelism = stores.Length }, store =>
            {
                if (store.TryLock("lock") is not { } held) return;
                lock (taken) taken.Add(held);
            });
            // With conditions the first write wins, without them the last; somebody who came later may find it taken.
            Assert.InRange(taken.Count, knowsConditions ? 1 : 0, 1);
            Assert.All(stores, s => Assert.Null(taken.Count > 0 ? s.TryLock("lock") : null));
            foreach (var held in taken) held.Dispose();
            Store().Delete("lock");
        }
    }

    [Fact]
    public async Task A_lock_whose_holder_is_cut_off_goes_to_another_and_the_holder_knows()
    {
        await using var ownDoor = await S3Door.StartAsync(new Uri(Server.Door.Address).Port);
        var (cutOff, other) = (Store(change: o => o with { Endpoint = ownDoor.Address }), Store());
        using var held = cutOff.TryLock("lock");
        Assert.NotNull(held);
        Assert.Null(other.TryLock("lock"));
        ownDoor.IsAway = true;
        ObjectLock? next = null;
        await Eventually.TrueAsync(() => (next = other.TryLock("lock")) is not null, "the lock expires");
        await Eventually.TrueAsync(() => held.Lost.IsCancellationRequested, "the holder knows");
        ownDoor.IsAway = false;
        held.Dispose();
        Assert.Null(cutOff.TryLock("lock")); // it did not take the other's lock with it
        next!.Dispose();
        using var again = cutOff.TryLock("lock");
        Assert.NotNull(again);
    }
}
