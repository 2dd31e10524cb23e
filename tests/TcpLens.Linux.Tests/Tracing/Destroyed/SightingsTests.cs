using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Linux.Tests.Tracing;

public sealed class SightingsTests
{
    private const ulong Now = 5_000_000_000;

    [Fact]
    public void A_holder_is_looked_for_once_an_inode()
    {
        Sightings sightings = new();

        Assert.False(Note(sightings, 7, inode: 0, look: 1));   // In an accept queue: nobody holds it yet.
        Assert.True(Note(sightings, 7, inode: 100, look: 2));
        Assert.False(Note(sightings, 7, inode: 100, look: 3));
        Assert.False(Note(sightings, 7, inode: 0, look: 4));    // Orphaned: what is known of its holder stays.
        Assert.False(Note(sightings, 7, inode: 100, look: 5));
    }

    [Fact]
    public void What_was_not_there_the_first_time_was_first_seen_when_it_was_seen()
    {
        Sightings sightings = new();
        Note(sightings, 7, inode: 100, look: 1);
        Note(sightings, 8, inode: 200, look: 2);
        Note(sightings, 8, inode: 200, look: 3, now: Now + 1);

        Assert.True(sightings.TryTake(7, out Sighting old));
        Assert.True(sightings.TryTake(8, out Sighting young));
        Assert.Equal((0ul, Now), (old.FirstSeenNanoseconds, young.FirstSeenNanoseconds));
        Assert.False(sightings.TryTake(8, out _));
    }

    [Fact]
    public void An_owner_that_is_found_after_the_end_is_nobodys()
    {
        Sightings sightings = new();
        Note(sightings, 7, inode: 100, look: 1);
        sightings.TryTake(7, out _);

        sightings.NoteOwner(7, 812, TaskName.From("nginx"u8));

        Assert.Equal(0, sightings.Count);
    }

    [Fact]
    public void When_room_is_short_those_that_a_look_did_not_find_are_forgotten_and_no_others()
    {
        Sightings sightings = new(capacity: 4);
        Note(sightings, 1, inode: 1, look: 1);
        Note(sightings, 2, inode: 2, look: 1);
        sightings.LookEnded(2);
        Assert.Equal(2, sightings.Count);   // Half full: what is gone may be held by a process still.

        Note(sightings, 2, inode: 2, look: 3);
        Note(sightings, 3, inode: 3, look: 3);
        sightings.LookEnded(3);

        Assert.False(sightings.TryTake(1, out _));
        Assert.True(sightings.TryTake(2, out _));
        Assert.True(sightings.TryTake(3, out _));
    }

    [Fact]
    public void Never_more_are_remembered_than_there_is_room_for()
    {
        Sightings sightings = new(capacity: 4);
        for (ulong cookie = 0; cookie < 100; cookie++)
        {
            Note(sightings, cookie, inode: 1, look: 1);
        }

        Assert.Equal((4, true), (sightings.Count, sightings.WasFull));
        Assert.False(sightings.TryTake(0, out _));   // No cookie.
        Assert.True(sightings.TryTake(1, out _));
    }

    private static bool Note(Sightings sightings, ulong cookie, uint inode, int look, ulong now = Now)
    {
        SocketEntry entry = new() { State = TcpState.Established, Family = IpFamily.V4, Local = default, Remote = default, Cookie = cookie, Inode = inode };
        return sightings.Note(in entry, look, now);
    }
}
