using FsCheck;
using FsCheck.Fluent;
using TcpLens.Observation.Filters;
using TcpLens.Protocol;

namespace TcpLens.Observation.Tests.Filters;

/// <summary>Random filters: what is printed reads back as the same tree, and no text whatever makes the parser throw.</summary>
public sealed class FilterPropertyTests
{
    private static readonly string[] Fragments =
    [
        "(", ")", "!", "&&", "|", "and", "or", "not", "=", "!=", "<", ">=", "eq", "state", "exclude", "src", "dst", "addr", "sport", "port",
        "dev", "fwmark", "cgroup", "autobound", "family", "process", "pid", "user", "rtt", "idle", "recvq", "timer", "kind", "established",
        "time-wait", "22", ":22", "80,443", "1-2", "127/8", "[::1]:22", "::1", "*", "inet:", "inet6:", "unix:x", "100ms", "64k", "0x1f", "1/2",
        "'", "\"", "\\", ",", "-", ".", "\0", "\u200f", "💥", "both", "99999999999999999999", "v4", "",
    ];

    private static readonly Gen<string> Text = Gen.OneOf(
        ArbMap.Default.GeneratorFor<string>().Select(text => text ?? ""),
        Gen.ListOf(Gen.Elements(Fragments)).Select(parts => string.Join(' ', parts)),
        Gen.ListOf(Gen.Elements(Fragments)).Select(parts => string.Concat(parts)));

    [Fact]
    public void No_text_makes_the_parser_throw_and_every_failure_can_be_shown()
        => Prop.ForAll(Text.ToArbitrary(), text => IsFilterOrShowableFailure(text)).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));

    [Fact]
    public void A_printed_filter_with_one_character_changed_is_a_filter_or_a_failure_that_can_be_shown()
    {
        Gen<string> mutated =
            from expression in Expressions(4)
            let text = expression.ToString()
            from at in Gen.Choose(0, text.Length)
            from inserted in Gen.OneOf(Gen.Elements(Fragments), Gen.Constant(""))
            from removed in Gen.Choose(0, 2)
            select string.Concat(text.AsSpan(0, at), inserted, text.AsSpan(Math.Min(text.Length, at + removed)));
        Prop.ForAll(mutated.ToArbitrary(), text => IsFilterOrShowableFailure(text)).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));
    }

    [Fact]
    public void A_printed_filter_reads_back_as_the_same_tree_without_a_warning_about_order() => Prop.ForAll(Expressions(5).ToArbitrary(), expression =>
    {
        FilterResult result = SocketFilter.Parse(expression.ToString(), new KnownNames());
        Assert.True(result.Failure is null, result.Failure?.Render());
        Assert.Equal(expression, result.Filter!.Root);
        Assert.DoesNotContain(result.Filter.Warnings, warning => warning.Contains("mixed", StringComparison.Ordinal));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));

    [Fact]
    public void A_socket_in_none_of_the_states_of_a_filter_never_matches_it()
        => Prop.ForAll(Expressions(5).ToArbitrary(), Entries.ToArbitrary(), (expression, entry) =>
        {
            Truth truth = expression.Evaluate(entry, Surroundings);
            Assert.True(truth != Truth.True || expression.StatesWhere(true).Contains(entry.State));
            Assert.True(truth != Truth.False || expression.StatesWhere(false).Contains(entry.State));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));

    private static readonly FakeContext Surroundings = new()
    {
        Detail = new() { Info = new() { RttMicroseconds = 1000, UnackedSegments = 2 }, Memory = new() { Drops = 1 }, CongestionControl = "cubic" },
        Container = "web",
    };

    private static Gen<SocketEntry> Entries =>
        from state in Gen.Choose(1, 11)
        from kind in Gen.Elements(SocketKind.Full, SocketKind.Request, SocketKind.TimeWait)
        from port in Gen.Choose(0, 3)
        from inode in Gen.Choose(0, 1)
        from timer in Gen.Choose(0, 5)
        select new SocketEntry
        {
            // Only these pairs exist: a request is in SYN_RECEIVED, a time-wait socket in TIME_WAIT or FIN_WAIT_2, and TIME_WAIT is never full.
            State = kind == SocketKind.Request ? TcpState.SynReceived : kind == SocketKind.TimeWait && state != 5 ? TcpState.TimeWait
                : kind == SocketKind.Full && state == 6 ? TcpState.Established : (TcpState)state,
            Kind = kind,
            Family = IpFamily.V4,
            Local = new(HostAddress.V4(1), (ushort)port),
            Remote = new(HostAddress.V4(2), 9),
            Inode = (uint)inode,
            Timer = kind == SocketKind.TimeWait ? SocketTimer.TimeWait : timer == 3 ? SocketTimer.Off : (SocketTimer)timer,
        };

    private static bool IsFilterOrShowableFailure(string text)
    {
        (SocketFilter? filter, FilterError? failure) = SocketFilter.Parse(text, new KnownNames());
        if (failure is not null)
        {
            Assert.InRange(failure.Position, 0, text.Length);
            Assert.Equal(3, failure.Render().Split('\n').Length);
        }

        return filter is not null != failure is not null;
    }

    private static Gen<FilterExpression> Expressions(int depth)
    {
        if (depth == 0)
        {
            return Leaves;
        }

        Gen<FilterExpression> inner = Expressions(depth - 1);
        Gen<FilterExpression[]> terms = Gen.Choose(2, 3).SelectMany(count => Gen.ArrayOf(inner, count));
        return Gen.OneOf(
            Leaves,
            inner.Select(FilterExpression (term) => new Negated(term)),
            terms.Select(list => Flat(list, isAll: true)),
            terms.Select(list => Flat(list, isAll: false)));
    }

    /// <summary>As the parser builds them: a list within the same list is opened.</summary>
    private static FilterExpression Flat(FilterExpression[] terms, bool isAll)
    {
        FilterExpression[] flat = [.. terms.SelectMany(term => isAll && term is AllOf all ? all.Terms : !isAll && term is AnyOf any ? any.Terms : (IEnumerable<FilterExpression>)[term])];
        return isAll ? new AllOf(new(flat)) : new AnyOf(new(flat));
    }

    private static Gen<FilterExpression> Leaves => Gen.OneOf(
        from bits in Gen.Choose(0, 0x7ff)
        select (FilterExpression)new StateTest(new((ushort)(bits << 1))),
        from side in Gen.Elements(Enum.GetValues<Side>())
        from low in Gen.Choose(0, 4)
        from width in Gen.Elements(0, 1, 65531)
        select (FilterExpression)new PortTest(side, new(new PortRange((ushort)low, (ushort)(low + width)), PortRange.All)),
        from side in Gen.Elements(Enum.GetValues<Side>())
        from family in Gen.Elements(IpFamily.V4, IpFamily.V6)
        from address in Gen.Elements("127.0.0.1", "10.1.2.3", "0.0.0.0")
        from six in Gen.Elements("::1", "2001:db8::1", "::", "::ffff:1.2.3.4")
        from length in Gen.Choose(0, family == IpFamily.V4 ? 32 : 128)
        select (FilterExpression)new HostTest(side, new(family, HostAddress.From(System.Net.IPAddress.Parse(family == IpFamily.V4 ? address : six)), length)),
        from number in Gen.Elements(Enum.GetValues<SocketField>())
        from comparison in Gen.Elements(Enum.GetValues<Comparison>())
        from value in Gen.Elements<ulong>(0, 1, 1000, 1024, 1_500_000, 86_400_000_000, uint.MaxValue, ulong.MaxValue)
        select (FilterExpression)new FieldTest(number, comparison, value),
        from name in Gen.Elements("nginx", "and", "a b", "x\"y", "it's", "ng*", "", "back\\slash", "(sd-pam)", "état")
        from test in Gen.Elements<Func<Glob, FilterExpression>>(
            glob => new ProcessTest(glob), glob => new ContainerTest(glob), glob => new NamespaceTest(glob), glob => new CongestionTest(glob))
        select test(new(name)),
        from timer in Gen.Elements(Enum.GetValues<SocketTimer>())
        select (FilterExpression)new TimerTest(timer),
        from kind in Gen.Elements(Enum.GetValues<SocketKind>())
        select (FilterExpression)new KindTest(kind),
        Gen.Elements<FilterExpression>(
            new UnacceptedTest(), new OrphanTest(), new DeviceTest(3), new MarkTest(1, 0xff), new MarkTest(7, uint.MaxValue), new PidTest(1),
            new FamilyTest(IpFamily.V4), new FamilyTest(IpFamily.V6), new CgroupTest("/known/x", 8), new CgroupPathTest(new("/a*"))));
}
