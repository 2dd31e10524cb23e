using FsCheck;
using FsCheck.Fluent;
using TcpLens.Observation;
using TcpLens.Observation.Filters;
using TcpLens.Protocol;

namespace TcpLens.Linux.Tests.Filtering;

public sealed class FilterBytecodeTests
{
    private static readonly ushort[] Ports = [0, 22, 80, 40000, 65535];
    private static readonly string[] Addresses = ["127.0.0.1", "127.0.0.3", "::1", "::", "::ffff:127.0.0.1", "0.0.0.0"];
    private static readonly string[] KernelTerms = RandomFilters.KernelTerms(Ports, Addresses, [1, 9]);

    private static readonly Gen<SocketEntry> Entries =
        from state in Gen.Choose(1, 11)
        from isV6 in Gen.Elements(true, false)
        from local in Gen.Elements(Addresses)
        from remote in Gen.Elements(Addresses)
        from localPort in Gen.Elements(Ports)
        from remotePort in Gen.Elements(Ports)
        from device in Gen.Choose(0, 1)
        from mark in Gen.Choose(0, 7)
        from cgroup in Gen.Elements<ulong>(0, 1, 9)
        let kind = state == 6 ? SocketKind.TimeWait : state == 3 ? SocketKind.Request : SocketKind.Full
        select new SocketEntry
        {
            State = (TcpState)state,
            Family = isV6 ? IpFamily.V6 : IpFamily.V4,
            Local = new(isV6 ? Literal(local) : HostAddress.V4((uint)Literal(local).Bits), localPort),
            Remote = new(isV6 ? Literal(remote) : HostAddress.V4((uint)Literal(remote).Bits), remotePort),
            Interface = (uint)device,
            Mark = (uint)mark,
            Kind = kind,
            CgroupId = kind == SocketKind.Full ? cgroup : 0,
        };

    private static HostAddress Literal(string text) => HostAddress.From(System.Net.IPAddress.Parse(text));

    private static SocketFilter Filter(string text) => SocketFilter.Parse(text, new NumberedNames()).Filter!;

    [Theory]
    [InlineData("sport 22", null)]
    [InlineData("state established and sport 22", null)]
    [InlineData("not state listening and (src 127/8 or dport 1-5)", null)]
    [InlineData("cgroup 9 and sport 22", null)]
    [InlineData("sport 22 and rtt > 1ms", "sport 22")]
    [InlineData("sport 22 and not rtt > 1ms", "sport 22")]
    [InlineData("sport 22 and (rtt > 1ms or dport 1)", "sport 22")]
    [InlineData("not (sport 22 or rtt > 1ms)", "not sport 22")]
    [InlineData("(sport 22 and rtt > 1ms) or dport 80", "sport 22 or dport 80")]
    [InlineData("(state established and sport 22) or (state listening and sport 80)", "sport 22 or sport 80")]
    [InlineData("cgroup != 9 and sport 22", "not cgroup 9 and sport 22")]
    public void The_kernel_gets_the_part_it_understands(string text, string? bound)
    {
        CompiledFilter compiled = FilterBytecode.Compile(Filter(text), canReadMarks: true);

        Assert.Equal(bound is null, compiled.Rest is null);
        Assert.Equal(compiled.States, Filter(text).States);
        if (bound is not null)
        {
            Assert.Equal(FilterBytecode.Compile(Filter(bound), canReadMarks: true).Bytecode, compiled.Bytecode);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("state time-wait")]
    [InlineData("state all or sport 22")]
    [InlineData("sport *")]
    public void No_bytecode_is_sent_where_the_states_say_it_all(string text)
    {
        CompiledFilter compiled = FilterBytecode.Compile(Filter(text), canReadMarks: true);

        Assert.Null(compiled.Bytecode);
        Assert.Null(compiled.Rest);
    }

    [Theory]
    [InlineData("rtt > 1ms")]
    [InlineData("sport 22 or rtt > 1ms")]
    public void Nothing_is_left_out_when_the_kernel_understands_nothing(string text)
    {
        CompiledFilter compiled = FilterBytecode.Compile(Filter(text), canReadMarks: true);

        Assert.Null(compiled.Bytecode);
        Assert.NotNull(compiled.Rest);
    }

    [Fact]
    public void What_cannot_match_asks_for_no_state()
        => Assert.Equal(StateSet.None, FilterBytecode.Compile(Filter("state established and state listening"), canReadMarks: true).States);

    [Fact]
    public void Marks_stay_here_without_the_capability()
    {
        CompiledFilter compiled = FilterBytecode.Compile(Filter("fwmark 1 sport 22"), canReadMarks: false);

        Assert.Equal(FilterBytecode.Compile(Filter("sport 22"), canReadMarks: false).Bytecode, compiled.Bytecode);
        Assert.NotNull(compiled.Rest);
    }

    [Fact]
    public void A_filter_too_long_for_the_kernel_stays_here()
    {
        CompiledFilter compiled = FilterBytecode.Compile(Filter("sport " + string.Join(',', Enumerable.Range(1, 5000))), canReadMarks: true);

        Assert.Null(compiled.Bytecode);
        Assert.NotNull(compiled.Rest);
    }

    [Fact]
    public void Compiled_and_interpreted_agree_for_every_filter_the_kernel_understands()
        => Agree(RandomFilters.Of(KernelTerms));

    [Fact]
    public void The_kernel_leaves_out_no_socket_that_a_filter_means()
        => Agree(RandomFilters.Of(KernelTerms, RandomFilters.StateTerms, RandomFilters.OwnTerms));

    private static void Agree(Gen<string> texts)
    {
        int exact = 0, narrowed = 0;
        Prop.ForAll(texts.ToArbitrary(), Gen.ArrayOf(Entries, 50).ToArbitrary(), (text, entries) =>
        {
            SocketFilter filter = Filter(text);
            CompiledFilter compiled = FilterBytecode.Compile(filter, canReadMarks: true);
            Assert.True(compiled.Bytecode is null || BytecodeInterpreter.IsAccepted(compiled.Bytecode), text);
            exact += compiled.Rest is null ? 1 : 0;
            foreach (SocketEntry entry in entries)
            {
                bool passed = compiled.States.Contains(entry.State) && (compiled.Bytecode is null || BytecodeInterpreter.Run(compiled.Bytecode, entry));
                bool meant = filter.Matches(entry, new NoContext());
                Assert.True(passed || !meant, $"{text} loses {entry}");
                Assert.True(compiled.Rest is not null || passed == meant, $"{text} is not exact about {entry}");
                narrowed += passed ? 0 : 1;
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
        Assert.True(exact > 100 && narrowed > 1000, $"the filters were too dull: {exact} exact, {narrowed} sockets left out");
    }
}
