using TcpLens.Capture;
using TcpLens.Cli.Rendering;
using TcpLens.Linux;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>One capture from its opening to its summary: puts the parts together, and takes care that each ends whatever happens to the others.</summary>
internal sealed class CaptureDesk : IDisposable
{
    /// <summary>Connections followed at once: some 50 MB of memory at most.</summary>
    private const int MostConnections = 100_000;

    private readonly Session _session;
    private readonly CaptureChoice _choice;
    private readonly LiveCapture _capture;
    private readonly OrdinaryUser? _user;
    private readonly LiveLedger _ledger = new();
    private readonly LiveView? _view;
    private readonly LiveAnalysis _analysis;
    private readonly IPacketStore? _store;
    private readonly PacketFiles? _files;
    private readonly TriggeredFiles? _triggered;
    private readonly TriggerWatch? _watch;
    private readonly FindingWatch? _doctor;
    private readonly PacketGatherer _gatherer;
    private readonly CaptureRun _run;
    private readonly long _startNanoseconds;

    public CaptureDesk(Session session, CaptureChoice choice, LiveCapture capture, OrdinaryUser? user)
    {
        (_session, _choice, _capture, _user) = (session, choice, capture, user);
        _startNanoseconds = CaptureClock.Nanoseconds(session.Clock);
        if (choice is { Output: { } path, Trigger: { } trigger })
        {
            _store = _triggered = new TriggeredFiles(trigger, path, Head, Statistics);
            _watch = new TriggerWatch(trigger.Triggers, capture.LinkType, _triggered.Fire);
        }
        else if (choice.Output is not null)
        {
            _store = _files = new PacketFiles(choice.Output, choice.Rotation, Head(comment: null), Statistics);
        }

        string[] findings = [.. (choice.Trigger?.Triggers ?? []).Where(static one => one.Kind == TriggerKind.Finding).Select(static one => one.Filter)];
        LiveMachine? machine = findings.Length == 0 ? null : session.OpenMachine();
        BecomeUser();
        _doctor = machine is null ? null : new FindingWatch(session, machine, findings, _triggered!.Fire);
        _view = ShowsLive() ? new LiveView(session, _ledger, capture.Options.Interface) : null;
        _analysis = new LiveAnalysis((LinkType)capture.LinkType, new AnalyzerOptions { MaxConnections = MostConnections }, new LiveConsumers([.. Consumers()]));
        _gatherer = new PacketGatherer((LinkType)capture.LinkType, choice.HeadersOnly, HandOver);
        _run = new CaptureRun(session.Clock, capture, _gatherer, _store, _analysis);
    }

    public int Run(Interruption interruption)
    {
        if (_view is null)
        {
            _session.Error.Tell(Opening());
        }

        IOException? failure = null;
        try
        {
            _run.Run(_choice.Duration, _choice.Count, interruption);
            _analysis.Complete();   // A trigger may fire at the last packet.
            _store?.Complete();
        }
        catch (OutputClosedException)
        {
            _store?.Complete();
            throw;
        }
        catch (IOException ended)
        {
            failure = ended;   // What there is until then is shown all the same.
            _analysis.Complete();
            if (ended is InterfaceGoneException)
            {
                _store?.Complete();
            }
        }

        _view?.Erase();
        Show();
        return failure is null ? interruption.ExitCode ?? 0 : throw failure;
    }

    public void Dispose()
    {
        _analysis.Dispose();
        _doctor?.Dispose();
        _watch?.Dispose();
        (_store as IDisposable)?.Dispose();
    }

    private bool ShowsLive() => _session.Style.Columns is not null && !_session.Style.IsDumb && !_session.Json && !_choice.Prints && !_choice.ToStandardOutput;

    private IEnumerable<LiveConsumer> Consumers()
    {
        yield return _ledger;
        if (_choice.Prints)
        {
            yield return new SegmentPrinter(_session.Output, _session.Style);
        }

        if (_watch is not null)
        {
            yield return _watch;
        }

        if (_view is not null)
        {
            yield return _view;
        }
    }

    /// <summary>
    /// The first file is made by the user who will own it, where that user may; else by root, and given away. Then there is no root any
    /// more.
    /// </summary>
    private void BecomeUser()
    {
        bool isOpened = _user is null || _files is null || !_user.MayMakeFilesIn(Path.GetDirectoryName(Path.GetFullPath(_choice.Output!))!);
        if (isOpened)
        {
            _files?.Open(_choice.ToStandardOutput ? null : _user);
        }

        _user?.BecomeForGood();
        if (!isOpened)
        {
            _files!.Open(owner: null);
        }
    }

    private PacketChunk HandOver(PacketChunk chunk)
    {
        _store?.Keep(chunk.Blocks, chunk.Packets);
        return _analysis.Exchange(chunk);
    }

    private void Show()
    {
        var summary = new CaptureSummary
        {
            Interface = _capture.Options.Interface,
            LinkType = (LinkType)_capture.LinkType,
            Filter = _choice.Filter,
            SnapLength = _capture.SnapLength,
            Elapsed = _run.Elapsed,
            Packets = _gatherer.Packets,
            Octets = _gatherer.Octets,
            Counts = _capture.Counts(),
            Unseen = _analysis.Unseen,
            Evicted = _analysis.Evicted,
            Tally = _analysis.Tally,
            Store = _store,
            Firings = _triggered?.Firings,
            User = _user?.Name,
        };
        if (_choice.ToStandardOutput || _choice.Prints)
        {
            var text = new MemoryWriter();
            CaptureEnding.WriteCounts(text, summary);
            _session.Error.Tell(text.ToString().TrimEnd());
        }
        else if (_session.Json)
        {
            CaptureJson.Write(_session, summary, _ledger);
        }
        else
        {
            CaptureEnding.Write(_session, summary, _ledger, withRows: _choice.Output is null);
            _session.Output.Flush();
        }

        CaptureEnding.Warn(_session, summary);
        if (_store?.Paths is [.., var file] && !_choice.ToStandardOutput)
        {
            _session.Error.Note($"try: tcplens analyze {file}");
        }
    }

    private string Opening()
    {
        string filter = _choice.Filter.Length == 0 ? "" : $", filter \"{_choice.Filter}\"";
        string user = _user is null ? "" : $", as user {_user.Name}";
        return $"capturing on {_capture.Options.Interface} ({(LinkType)_capture.LinkType}){filter}{user}; Ctrl-C ends it";
    }

    /// <param name="comment">Why there is this file, when a trigger made it.</param>
    private byte[] Head(string? comment) => PcapngBlocks.Head(
        new CaptureSource
        {
            Interface = _capture.Options.Interface,
            LinkType = (LinkType)_capture.LinkType,
            SnapLength = _capture.SnapLength,
            Filter = _choice.Filter,
            System = $"Linux {new SysctlReader().Read("kernel.osrelease")}",
            Application = "TcpLens",
        },
        comment);

    private CaptureStatistics Statistics()
    {
        CaptureCounts counts = _capture.Counts();
        return new(_startNanoseconds, CaptureClock.Nanoseconds(_session.Clock), counts.Received, counts.DroppedByKernel, counts.DroppedByInterface, Delivered: 0);
    }
}
