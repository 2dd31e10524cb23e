using System.Runtime.CompilerServices;
using FsCheck;
using FsCheck.Fluent;

namespace TcpLens.Linux.Tests.Tracing;

public sealed class RememberedSocketsTests
{
    [Fact]
    public void It_remembers_and_forgets_like_a_dictionary()
        => Prop.ForAll(
            ArbMap.Default.ArbFor<(byte Socket, bool Forgets)[]>(),
            steps =>
            {
                RememberedSockets sockets = new();
                Dictionary<ulong, int> model = [];
                for (int step = 0; step < steps.Length; step++)
                {
                    ulong address = AddressOf(steps[step].Socket);
                    if (steps[step].Forgets)
                    {
                        sockets.Forget(address);
                        model.Remove(address);
                    }
                    else
                    {
                        sockets.FindOrAdd(address).Pid += step;
                        model[address] = model.GetValueOrDefault(address) + step;
                    }
                }

                return Enumerable.Range(0, 256).All(number => Pid(sockets, AddressOf((byte)number)) == (model.TryGetValue(AddressOf((byte)number), out int pid) ? pid : -1));
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void Half_as_many_as_it_has_room_for_are_nearly_all_remembered()
    {
        RememberedSockets sockets = new();
        int count = RememberedSockets.Capacity / 2;
        for (int i = 0; i < count; i++)
        {
            sockets.FindOrAdd(0xffff_8880_0000_0000 + ((ulong)i * 2432)).Pid = i;   // As a slab of sockets lies in memory.
        }

        Assert.True(sockets.Forgotten < (ulong)count / 20, $"{sockets.Forgotten} of {count} forgotten");
    }

    [Fact]
    public void Beyond_its_room_the_one_that_has_not_changed_for_the_longest_goes_and_is_counted()
    {
        RememberedSockets sockets = new();
        for (int i = 1; i <= 2 * RememberedSockets.Capacity; i++)
        {
            sockets.FindOrAdd((ulong)i * 64).SinceNanoseconds = (ulong)i;
        }

        int kept = Enumerable.Range(1, 2 * RememberedSockets.Capacity).Count(i => Pid(sockets, (ulong)i * 64) >= 0);
        Assert.Equal((2 * RememberedSockets.Capacity) - kept, (int)sockets.Forgotten);
        Assert.True(kept > RememberedSockets.Capacity * 9 / 10);
        Assert.Equal(0, Pid(sockets, 2 * (ulong)RememberedSockets.Capacity * 64));
        Assert.Equal(-1, Pid(sockets, 64));
    }

    [Fact]
    public void No_address_is_no_socket() => Assert.Equal(-1, Pid(new RememberedSockets(), 0));

    private static int Pid(RememberedSockets sockets, ulong address)
    {
        ref RememberedSocket socket = ref sockets.Find(address);
        return Unsafe.IsNullRef(ref socket) ? -1 : socket.Pid;
    }

    private static ulong AddressOf(byte number) => 0xffff_8881_0000_0000 + ((ulong)number * 2368);
}
