using TcpLens.Observation;

namespace TcpLens.Linux.Tests.Namespaces;

public sealed class NamespaceSurveyTests
{
    private static readonly NamespaceSurvey Survey = new()
    {
        Found =
        [
            new(4026531840) { IsHost = true, IsOwn = true },
            new(4026532001) { Names = ["blue"] },
            new(4026532002) { Names = ["42"] },
            new(4026532003) { Container = "web" },
            new(4026532004) { Names = ["twin"] },
            new(4026532005) { Container = "twin" },
        ],
        BlindSpots = [],
        NamespaceOfProcess = new Dictionary<int, uint> { [1] = 4026531840, [42] = 4026531840, [77] = 4026532003 },
    };

    [Theory]
    [InlineData("host", 4026531840)]
    [InlineData("self", 4026531840)]
    [InlineData("blue", 4026532001)]
    [InlineData("web", 4026532003)]
    [InlineData("77", 4026532003)]
    [InlineData("4026532001", 4026532001)]
    [InlineData("net:[4026532001]", 4026532001)]
    [InlineData("42", 4026532002)]
    public void A_name_a_container_a_pid_and_an_inode_each_mean_one_namespace_and_a_name_goes_before_a_pid(string text, uint inode)
    {
        Assert.True(Survey.TrySelect(text, out IReadOnlyList<NetworkNamespace> chosen, out string? failure));
        Assert.Equal(inode, Assert.Single(chosen).Inode);
        Assert.Null(failure);
    }

    [Theory]
    [InlineData("bleu", "no network namespace is named \"bleu\"; did you mean \"blue\"?")]
    [InlineData("hots", "no network namespace is named \"hots\"; did you mean \"host\"?")]
    [InlineData("payments", "no network namespace is named \"payments\"; there are all, host, self, blue, 42, web, twin, twin, any pid, or an inode number")]
    [InlineData("78", "no network namespace of process 78: there is no such process, or it may not be seen without privilege")]
    [InlineData("4026532009", "no network namespace with inode 4026532009: it is gone, or may not be seen without privilege")]
    [InlineData("twin", "\"twin\" means 2 network namespaces: choose one by its inode, 4026532004 or 4026532005")]
    [InlineData("", "no network namespace is named \"\"; there are all, host, self, blue, 42, web, twin, twin, any pid, or an inode number")]
    public void What_means_none_or_several_gets_one_clear_line(string text, string expected)
    {
        Assert.False(Survey.TrySelect(text, out IReadOnlyList<NetworkNamespace> chosen, out string? failure));
        Assert.Empty(chosen);
        Assert.Equal(expected, failure);
    }

    [Fact]
    public void All_is_all_of_them()
    {
        Assert.True(Survey.TrySelect("all", out IReadOnlyList<NetworkNamespace> chosen, out _));
        Assert.Equal(6, chosen.Count);
    }
}
