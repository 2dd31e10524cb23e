using FsCheck;
using FsCheck.Fluent;
using static TcpLens.Linux.Tests.ProcFsTests;

namespace TcpLens.Linux.Tests;

public sealed class OwnerIndexTests
{
    private static readonly ProcFs Nowhere = new("/no/such/proc");

    [Fact]
    public void It_answers_as_a_plain_list_would()
        => Prop.ForAll(
            ArbMap.Default.ArbFor<(byte Inode, byte Pid, byte Descriptor)[]>(),
            added =>
            {
                OwnerIndex index = new(Nowhere, []);
                foreach ((byte inode, byte pid, byte descriptor) in added)
                {
                    index.Add(inode, pid, descriptor);
                }

                for (uint inode = 0; inode <= byte.MaxValue; inode++)
                {
                    Assert.Equal(
                        added.Where(a => a.Inode == inode && inode != 0).Select(a => ((int)a.Pid, (int)a.Descriptor, "")),
                        Holders(index, inode));
                }
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void Many_sockets_are_each_found()
    {
        OwnerIndex index = new(Nowhere, []);
        for (uint i = 1; i <= 100_000; i++)
        {
            index.Add(i * 4096, pid: (int)(i / 1000), descriptor: (int)(i % 1000));
        }

        for (uint i = 1; i <= 100_000; i++)
        {
            Assert.Equal((int)(i % 1000), Assert.Single(index.HoldersOf(i * 4096).ToArray()).Descriptor);
        }

        Assert.Equal(100_000, index.Count);
    }

    [Fact]
    public void Only_wanted_inodes_are_noted_and_the_unfound_are_known()
    {
        OwnerIndex index = new(Nowhere, [0, 5, 6, 6]);
        Assert.Equal(2, index.Unfound);
        index.Add(4, 1, 1);
        index.Add(5, 1, 2);
        index.Add(5, 2, 2);
        index.Add(0, 1, 3);
        Assert.Equal(1, index.Unfound);
        Assert.Equal(2, index.Count);
        index.Clear();
        Assert.Equal(2, index.Unfound);
        Assert.Empty(Holders(index, 5));
        index.Add(6, 1, 1);
        index.Add(5, 1, 1);
        Assert.Equal(0, index.Unfound);
    }
}
