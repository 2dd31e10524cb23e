namespace TcpLens.Linux.Tests.Tuning;

/// <summary>A journal outlives crashes, and says what it lost.</summary>
public sealed class TuneJournalTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TuneEntry Change = new(1, Noon, new TunePlace(4026531833, 7, "host", IsHost: true, "boot"), [new("net.ipv4.tcp_sack", "1", "0", "# tune 0\nnet.ipv4.tcp_sack = 1")])
    {
        Reason = "a \"test\"\n",
        Persists = true,
        RevertAt = Noon.AddMinutes(10),
    };

    private readonly TuneFolder _folder = new();

    private TuneJournal Journal => new(_folder.Paths.Journal);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_written_is_read()
    {
        Append(TuneEventKind.Started);

        TuneEntry read = Assert.Single(Journal.Read().Entries);
        Assert.Equal(Change.Changes, read.Changes);
        Assert.Equal(Change with { Changes = read.Changes, ChangedAt = Noon }, read);
    }

    [Theory]
    [InlineData(TuneState.Started)]
    [InlineData(TuneState.Started, "Guarded")]
    [InlineData(TuneState.Waiting, "Guarded", "Done")]
    [InlineData(TuneState.RolledBack, "RolledBack")]
    [InlineData(TuneState.Started, "Stuck")]
    [InlineData(TuneState.Confirming, "Done", "Confirming")]
    [InlineData(TuneState.Applied, "Done", "Confirming", "Confirmed")]
    [InlineData(TuneState.Undoing, "Done", "Undoing")]
    [InlineData(TuneState.Waiting, "Done", "Undoing", "UndoFailed")]
    [InlineData(TuneState.Applied, "Done", "Confirming", "Confirmed", "Undoing", "UndoFailed")]
    [InlineData(TuneState.Undone, "Done", "Undoing", "Undone")]
    [InlineData(TuneState.Abandoned, "Done", "Abandoned")]
    public void Events_make_the_state(object state, params string[] events)
    {
        Append([TuneEventKind.Started, .. events.Select(Enum.Parse<TuneEventKind>)]);

        Assert.Equal(state, Journal.Read()[1]!.State);
    }

    [Fact]
    public void A_journal_cut_at_any_octet_gives_its_whole_lines_and_names_the_torn_one()
    {
        Append(TuneEventKind.Started, TuneEventKind.Done, TuneEventKind.Undoing, TuneEventKind.Undone);
        byte[] whole = File.ReadAllBytes(_folder.Paths.Journal);
        int[] ends = [.. Enumerable.Range(0, whole.Length).Where(at => whole[at] == '\n')];
        for (int length = 0; length <= whole.Length; length++)
        {
            File.WriteAllBytes(_folder.Paths.Journal, whole[..length]);
            int lines = ends.Count(end => end <= length);   // A line without its end is whole all the same.
            bool isTorn = length > 0 && !ends.Contains(length) && !ends.Contains(length - 1);

            TuneHistory history = Journal.Read();

            Assert.Equal(isTorn ? [lines + 1] : [], history.Unreadable);
            Assert.Equal(lines == 0 ? 0 : 1, history.Entries.Count);
        }
    }

    [Fact]
    public void After_a_torn_line_the_next_is_whole()
    {
        Append(TuneEventKind.Started);
        File.AppendAllText(_folder.Paths.Journal, "{\"change\":1,\"eve");

        Append(TuneEventKind.Done);

        Assert.Equal([2], Journal.Read().Unreadable);
        Assert.Equal(TuneState.Waiting, Journal.Read()[1]!.State);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"change\":1,\"event\":\"invented\",\"at\":\"2026-03-01T12:00:00Z\"}")]
    [InlineData("{\"change\":\"x\",\"event\":\"done\",\"at\":\"2026-03-01T12:00:00Z\"}")]
    [InlineData("{\"change\":9,\"event\":\"done\",\"at\":\"2026-03-01T12:00:00Z\"}")]
    [InlineData("{\"change\":1,\"event\":\"started\",\"at\":\"2026-03-01T12:00:00Z\",\"netns\":[]}")]
    [InlineData("{\"change\":1,\"event\":\"started\",\"at\":\"2026-03-01T12:00:00Z\",\"settings\":{},\"netns\":{}}")]
    public void Nonsense_is_named_by_its_line(string line)
    {
        Append(TuneEventKind.Started);
        File.AppendAllText(_folder.Paths.Journal, line + "\n");
        Append(TuneEventKind.Done);

        Assert.Equal([2], Journal.Read().Unreadable);
        Assert.Equal(TuneState.Waiting, Journal.Read()[1]!.State);
    }

    private void Append(params TuneEventKind[] kinds)
    {
        foreach (TuneEventKind kind in kinds)
        {
            Journal.Append(new TuneEvent(1, kind, Noon) { Entry = kind == TuneEventKind.Started ? Change : null });
        }
    }
}
