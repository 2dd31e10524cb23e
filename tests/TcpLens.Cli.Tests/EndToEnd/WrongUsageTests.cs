namespace TcpLens.Cli.Tests.EndToEnd;

/// <summary>What cannot be understood ends with 2, says what, and what was probably meant; nothing comes out on standard output.</summary>
public sealed class WrongUsageTests
{
    [Theory]
    [InlineData("did you mean count?", "cuont")]
    [InlineData("did you mean --process?", "list", "--proces")]
    [InlineData("did you mean “sport”?", "list", "sprot 22")]
    [InlineData("did you mean", "list", "state estabished")]
    [InlineData("10.1/16", "list", "src 10.1")]
    [InlineData("did you mean remote?", "list", "--columns", "state,remot")]
    [InlineData("did you mean sendq?", "list", "--sort", "senq")]
    [InlineData("did you mean process?", "count", "--by", "proces")]
    [InlineData("there are state, ", "count", "--by", "nonsense")]
    [InlineData("name 1 to 4 of", "count", "--by", "")]
    [InlineData("--top -1: say 1 or more", "list", "--top", "-1")]
    [InlineData("--top -1: say 1 or more", "count", "--top", "-1")]
    [InlineData("--top 0: say 1 or more", "count", "--top", "0")]
    [InlineData("--interval 0: say a time of at least 10ms", "list", "--interval", "0")]
    [InlineData("--interval soon: say a time", "count", "--interval", "soon")]
    [InlineData("--count 0: say 1 or more", "list", "--interval", "1s", "--count", "0")]
    [InlineData("--count needs --interval", "count", "--count", "3")]
    [InlineData("do not go with it", "list", "--interval", "1s", "--info")]
    [InlineData("do not go with it", "list", "--watch", "--sort", "sendq")]
    [InlineData("--after yesterday: say a time", "diff", "--after", "yesterday")]
    [InlineData("--color pink: say always, auto or never", "list", "--color", "pink")]
    [InlineData("no such file or folder", "lab", "script", "nosuch.pkt")]
    [InlineData("--profile solaris: say linux, freebsd or rfc", "lab", "script", "--profile", "solaris", "/dev/null")]
    [InlineData("--security none: say as-script, rfc5961 or rfc793", "lab", "script", "--security", "none", "/dev/null")]
    [InlineData("did you mean close-wait", "explain", "close-wiat")]
    [InlineData("no network namespace is named", "list", "--netns", "nosuch")]
    [InlineData("did you mean retransmit?", "trace", "--events", "retransmitt")]
    [InlineData("there are all, change, ", "trace", "--events", "nonsense")]
    [InlineData("--events ,: name at least one", "trace", "--events", ",")]
    [InlineData("did you mean estab?", "trace", "--from", "etsab")]
    [InlineData("there is no such state", "trace", "--to", "nosuch.trace")]
    [InlineData("choose one", "trace", "--lives", "--matrix")]
    [InlineData("--interval goes with --matrix", "trace", "--interval", "1s")]
    [InlineData("say --interval too", "trace", "--matrix", "--count", "3")]
    [InlineData("--count 0: say 1 or more", "trace", "--count", "0")]
    [InlineData("--duration soon: say a time", "trace", "--duration", "soon")]
    [InlineData("has its own time", "trace", "--read", "x", "--duration", "1s")]
    [InlineData("try: tcplens trace --read x --json", "trace", "-o", "x", "--json")]
    [InlineData("try: tcplens trace --read x --matrix", "trace", "-o", "x", "--matrix")]
    [InlineData("/etc/passwd: this is no trace", "trace", "--read", "/etc/passwd")]
    [InlineData("/etc/passwd: this is no trace", "trace", "--from", "/etc/passwd")]
    [InlineData("“abc” is no", "trace", "--pid", "abc")]
    [InlineData("try: tcplens tune set --help", "tune", "set")]
    [InlineData("there is no change 99999", "tune", "undo", "99999")]
    [InlineData("no such condition; did you mean accept-queue-overflow?", "tune", "apply", "accept-queue-overflw")]
    [InlineData("name one (tcplens netns lists them)", "tune", "--netns", "all")]
    [InlineData("there are all, host, ", "--netns", "nosuch")]
    public void Wrong_words_are_named_with_what_was_meant(string says, params string[] arguments)
    {
        CommandResult result = Tool.Run(null, arguments);

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.StartsWith("tcplens: ", result.Error, StringComparison.Ordinal);
        Assert.Contains(says, result.Error);
        Assert.DoesNotContain("   at ", result.Error);
    }

    [Fact]
    public void A_wrong_filter_gets_a_mark_under_the_wrong_place()
    {
        string[] lines = Tool.Run(null, "list", "sport", "=", ":22", "and", "dprot", "=", ":80").Error.Split('\n');
        int text = Array.IndexOf(lines, "sport = :22 and dprot = :80");

        Assert.Equal("                ^^^^^", lines[text + 1]);
        Assert.Contains("did you mean “dport”?", lines[text + 2]);
    }

    [RootFact]
    public void A_glance_is_of_one_namespace()
    {
        using var ns = new TestNamespace();
        CommandResult result = Tool.Run(null, "--netns", "all");

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains("a glance is of one network namespace", result.Error);
    }

    [RootFact]
    public void A_namespace_that_does_not_exist_gets_the_names_that_come_near()
    {
        using var ns = new TestNamespace();
        CommandResult result = Tool.Run(null, "count", "--netns", ns.Name + "x");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(ns.Name, result.Error.Replace(ns.Name + "x", ""));
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("count", "--help")]
    [InlineData("list", "--help")]
    [InlineData("diff", "--help")]
    [InlineData("keepalive", "--help")]
    [InlineData("kill", "--help")]
    [InlineData("explain", "--help")]
    [InlineData("states", "--help")]
    [InlineData("netns", "--help")]
    [InlineData("tune", "--help")]
    [InlineData("tune", "set", "--help")]
    [InlineData("tune", "apply", "--help")]
    [InlineData("tune", "undo", "--help")]
    [InlineData("tune", "confirm", "--help")]
    [InlineData("tune", "journal", "--help")]
    public void Every_command_has_help_with_examples(params string[] arguments)
        => Assert.Contains("Examples:\n  tcplens", Tool.Run(null, arguments).EnsureSuccess().Output);
}
