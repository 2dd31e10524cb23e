using TcpLens.Cli.Explain;
using TcpLens.Protocol;

namespace TcpLens.Cli.Tests.EndToEnd;

public sealed class ExplainTests
{
    public static TheoryData<TcpState> States => [.. Enum.GetValues<TcpState>()];

    /// <summary>Every spelling is found as <c>explain</c> finds it; one of them by the real program, which takes longer.</summary>
    [Theory]
    [MemberData(nameof(States))]
    public void Every_state_is_explained_in_every_spelling(TcpState state)
    {
        foreach (StateSpelling spelling in Enum.GetValues<StateSpelling>())
        {
            ExplainTopic? topic = ExplainTopics.Find(state.Name(spelling));
            Assert.Equal(state, topic?.State?.State);
        }

        string title = ExplainTopics.Find(state.Name(StateSpelling.Rfc))!.Text(_ => null).Title;
        Assert.StartsWith(title, Tool.Run(null, "explain", state.Name(StateSpelling.Tracepoint)).EnsureSuccess().Output);
    }

    [Fact]
    public void Every_combination_of_flags_is_explained_however_it_is_written()
    {
        for (int bits = 0; bits < 512; bits++)
        {
            string text = ControlBitsText.Format((ControlBits)bits);
            ExplainTopic? topic = ExplainTopics.Find(text);
            Assert.Equal((ControlBits)bits, topic?.Flags?.Bits);
            Assert.NotEmpty(topic!.Text(_ => null).Lines(80));
        }
    }

    [Theory]
    [InlineData("SYN")]
    [InlineData("SYN+FIN")]
    [InlineData("rst,ack")]
    [InlineData("[F.]")]
    [InlineData("0x12")]
    [InlineData("AE")]
    [InlineData("SYN", "ACK")]
    [InlineData("ECE+CWR")]
    public void Flags_are_explained_by_the_real_program(params string[] words)
        => Assert.NotEmpty(Tool.Run(null, ["explain", .. words]).EnsureSuccess().Output);

    [Fact]
    public void The_picture_in_the_docs_is_the_one_the_program_draws()
    {
        DirectoryInfo folder = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "TcpLens.slnx")))
        {
            folder = folder.Parent!;
        }

        Assert.Equal(File.ReadAllText(Path.Combine(folder.FullName, "docs/states.svg")), Tool.Run(null, "states", "--svg").EnsureSuccess().Output);
    }
}
