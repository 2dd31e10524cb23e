using System.ComponentModel;
using FsCheck;
using FsCheck.Fluent;
using TcpLens.Linux.Tests.Namespaces;
using TcpLens.Observation;
using TcpLens.Observation.Filters;
using TcpLens.Protocol;

namespace TcpLens.Linux.Tests.Filtering;

/// <summary>The kernel's answer against ours, on real sockets.</summary>
public sealed class FilterInTheKernelTests
{
    [RootFact]
    public void The_kernel_gives_every_socket_that_is_meant_and_no_other_when_the_bytecode_is_exact() => SocketZoo.RunInNamespace(() =>
    {
        using var zoo = new SocketZoo();
        using var kernel = new RawSockDiag();
        zoo.Fill();

        // The acknowledgment of the FIN may still be on its way, on a busy machine.
        Deadline.Until(() => kernel.Legacy(StateSet.Of(TcpState.FinWait1), null).Count == 0, "every FIN to be acknowledged");
        List<SocketEntry> all = kernel.Legacy(StateSet.All, null);
        AssertIsZoo(all);
        string[] terms = RandomFilters.KernelTerms(
            [.. SocketZoo.Ports, 0, 1001, all[0].Local.Port, all[0].Remote.Port],
            ["127.0.0.1", "127.0.0.3", "::1", "::", "0.0.0.0", "::ffff:127.0.0.1"],
            all.Select(entry => entry.CgroupId).Where(id => id != 0).Distinct().Append(999ul));

        int exact = 0, narrowed = 0;
        Prop.ForAll(RandomFilters.Of(terms, RandomFilters.StateTerms, RandomFilters.OwnTerms).ToArbitrary(), text =>
        {
            SocketFilter filter = SocketFilter.Parse(text, new NumberedNames()).Filter!;
            CompiledFilter compiled = FilterBytecode.Compile(filter, canReadMarks: true);
            HashSet<ulong> meant = Cookies(all.Where(entry => filter.Matches(entry, new NoContext())));

            HashSet<ulong> answered = Cookies(kernel.Legacy(compiled.States, compiled.Bytecode));

            Assert.True(meant.IsSubsetOf(answered), $"the kernel loses sockets: {text}");
            Assert.True(compiled.Rest is not null || meant.SetEquals(answered), $"the kernel gives too many: {text}");
            Assert.True(answered.SetEquals(Cookies(kernel.Families(compiled.States, compiled.Bytecode))), $"the two requests differ: {text}");
            exact += compiled.Rest is null ? 1 : 0;
            narrowed += answered.Count < all.Count ? 1 : 0;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1500));

        Assert.True(exact > 100 && narrowed > 500, $"the filters were too dull: {exact} exact, {narrowed} narrowed");
        Assert.True(Cookies(all).SetEquals(Cookies(kernel.Legacy(StateSet.All, null))), "the sockets changed under the test");
    });

    /// <summary>Why <see cref="FilterBytecode.Compile"/> must know of the capability: the kernel refuses the whole question.</summary>
    [RootFact]
    public void Without_the_capability_the_kernel_refuses_bytecode_that_compares_marks() => SocketZoo.RunInNamespace(() =>
    {
        SocketFilter filter = SocketFilter.Parse("fwmark 5 sport 22", new NumberedNames()).Filter!;
        SocketZoo.DropAllCapabilities();
        using var kernel = new RawSockDiag();

        CompiledFilter careless = FilterBytecode.Compile(filter, canReadMarks: true);
        CompiledFilter careful = FilterBytecode.Compile(filter, canReadMarks: false);

        Assert.Equal(1, Assert.Throws<Win32Exception>(() => kernel.Legacy(careless.States, careless.Bytecode)).NativeErrorCode);
        Assert.Empty(kernel.Legacy(careful.States, careful.Bytecode));
    });

    /// <summary>Without these the comparison would prove little.</summary>
    private static void AssertIsZoo(List<SocketEntry> all)
    {
        Assert.Contains(all, entry => entry.Kind == SocketKind.Request);
        Assert.Contains(all, entry => entry.Kind == SocketKind.TimeWait && entry.Family == IpFamily.V4);
        Assert.Contains(all, entry => entry.Kind == SocketKind.TimeWait && entry.Family == IpFamily.V6);
        Assert.Contains(all, entry => entry.Family == IpFamily.V6 && entry.Remote.Address.IsV4Mapped);
        Assert.Contains(all, entry => entry.State == TcpState.SynSent);
        Assert.Contains(all, entry => entry.State == TcpState.CloseWait);
        Assert.Contains(all, entry => entry.State == TcpState.FinWait2);
        Assert.Contains(all, entry => entry.State == TcpState.Listen);
        Assert.Contains(all, entry => entry.Mark == 5);
        Assert.Contains(all, entry => entry.Interface != 0);
        Assert.Contains(all, entry => entry.CgroupId != 0);
    }

    private static HashSet<ulong> Cookies(IEnumerable<SocketEntry> entries) => [.. entries.Select(entry => entry.Cookie)];
}
