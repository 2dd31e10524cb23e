using System.Buffers.Binary;
using System.Runtime.InteropServices;
using TcpLens.Observation;
using TcpLens.Observation.Filters;
using TcpLens.Protocol;

namespace TcpLens.Linux;

/// <summary>
/// Compiles a filter for the kernel: as much of it as the kernel understands. What it does not understand is taken as true where the
/// filter wants it true and as false where it wants it false, so that the kernel's answer never lacks a socket that matches.
/// </summary>
public static class FilterBytecode
{
    /// <summary>The kernel runs the code for every socket under the lock of its hash bucket, and checks it in square time.</summary>
    internal const int LongestCode = 4096;

    private const byte AddressFamilyV4 = 2;
    private const byte AddressFamilyV6 = 10;

    /// <param name="filter">The filter to compile.</param>
    /// <param name="canReadMarks">CAP_NET_ADMIN: without it the kernel refuses (EPERM) bytecode that compares marks.</param>
    public static CompiledFilter Compile(SocketFilter filter, bool canReadMarks)
    {
        ArgumentNullException.ThrowIfNull(filter);
        (Condition condition, bool isExact) = new Compiler(filter.States, canReadMarks).Bound(filter.Root, outcome: true);
        if (filter.States == StateSet.None || condition == Condition.Never)
        {
            return new(StateSet.None, null, null);
        }

        byte[]? code = condition is Condition.Constant ? null : BytecodeWriter.Write(condition);
        return code?.Length > LongestCode
            ? new(filter.States, null, filter)
            : new(filter.States, code, isExact ? null : filter);
    }

    /// <summary>What a program in the kernel can decide by addresses and ports alone: true for every socket that the filter matches, and for some more.</summary>
    internal static Condition Estimated(SocketFilter filter)
        => new Compiler(filter.States, CanReadMarks: false, CanReadPlaces: false).Bound(filter.Root, outcome: true).Condition;

    /// <summary>A condition that holds for every socket for which the expression has the outcome; exact when for no other.</summary>
    private readonly record struct Estimate(Condition Condition, bool IsExact);

    private readonly record struct Compiler(StateSet States, bool CanReadMarks, bool CanReadPlaces = true)
    {
        public Estimate Bound(FilterExpression expression, bool outcome) => expression switch
        {
            Negated not => Bound(not.Term, !outcome),
            AllOf all => Joined(all.Terms, outcome, isAll: outcome),
            AnyOf any => Joined(any.Terms, outcome, isAll: !outcome),
            StateTest test => State(outcome ? test.States : ~test.States),
            PortTest test => Exactly(OnSides(test.Side, side => Ports(side, test.Ports)), outcome),
            HostTest test => Exactly(OnSides(test.Side, side => Host(side, test.Network)), outcome),
            FamilyTest test => Exactly(Host(Side.Local, new(IpFamily.V6, HostAddress.AnyV6, 0)), outcome == (test.Family == IpFamily.V6)),
            DeviceTest test when CanReadPlaces => Exactly(new Condition.Compare(InetDiagOp.Device, Octets(test.Index)), outcome),
            MarkTest test when CanReadMarks => Exactly(new Condition.Compare(InetDiagOp.Mark, Octets(test.Mark, test.Mask)), outcome),

            // Request and time-wait sockets have cgroup 0 for the kernel, which is "unknown" here and matches neither way.
            CgroupTest test when CanReadPlaces => Exactly(new Condition.Compare(InetDiagOp.Cgroup, Octets(test.Id)), outcome) with { IsExact = outcome },
            _ => new(Condition.Always, false),
        };

        private Estimate Joined(ValueList<FilterExpression> terms, bool outcome, bool isAll)
        {
            var conditions = new Condition[terms.Count];
            bool isExact = true;
            for (int i = 0; i < conditions.Length; i++)
            {
                Estimate term = Bound(terms[i], outcome);
                conditions[i] = term.Condition;
                isExact &= term.IsExact;
            }

            return new(isAll ? Condition.All(conditions) : Condition.Any(conditions), isExact);
        }

        /// <summary>Bytecode cannot see the state, but only the states of the filter are asked for.</summary>
        private Estimate State(StateSet wanted)
            => (States & ~wanted) == StateSet.None ? new(Condition.Always, true)
                : (States & wanted) == StateSet.None ? new(Condition.Never, true)
                : new(Condition.Always, false);

        private static Estimate Exactly(Condition condition, bool outcome) => new(outcome ? condition : condition.Opposite(), true);
    }

    private static Condition OnSides(Side side, Func<Side, Condition> condition)
        => side == Side.Either ? Condition.Any(condition(Side.Local), condition(Side.Remote)) : condition(side);

    private static Condition Ports(Side side, ValueList<PortRange> ranges)
    {
        bool isLocal = side == Side.Local;
        var conditions = new Condition[ranges.Count];
        for (int i = 0; i < conditions.Length; i++)
        {
            (ushort low, ushort high) = ranges[i];
            conditions[i] = low == high
                ? Port(isLocal ? InetDiagOp.SourcePortEqual : InetDiagOp.DestinationPortEqual, low)
                : Condition.All(
                    low == 0 ? Condition.Always : Port(isLocal ? InetDiagOp.SourcePortAtLeast : InetDiagOp.DestinationPortAtLeast, low),
                    high == ushort.MaxValue ? Condition.Always : Port(isLocal ? InetDiagOp.SourcePortAtMost : InetDiagOp.DestinationPortAtMost, high));
        }

        return Condition.Any(conditions);
    }

    /// <summary>The port stands in the "no" of a second command (host order).</summary>
    private static Condition.Compare Port(InetDiagOp op, ushort port) => new(op, Octets<ushort>(0, port));

    /// <summary>struct inet_diag_hostcond: family, prefix length, two octets of padding, port (-1: any), the address.</summary>
    private static Condition.Compare Host(Side side, HostNetwork network)
    {
        Span<byte> address = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(address, network.Address.Bits);
        bool isV4 = network.Family == IpFamily.V4;
        return new(
            side == Side.Local ? InetDiagOp.SourceHost : InetDiagOp.DestinationHost,
            [isV4 ? AddressFamilyV4 : AddressFamilyV6, (byte)network.PrefixLength, 0, 0, .. Octets(uint.MaxValue), .. isV4 ? address[12..] : address]);
    }

    /// <summary>Numbers as the kernel of this machine reads them.</summary>
    private static byte[] Octets<T>(params ReadOnlySpan<T> values)
        where T : unmanaged
        => MemoryMarshal.AsBytes(values).ToArray();
}
