using TcpLens.Linux;
using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>Chooses where the records of a trace go.</summary>
internal static class TraceSinks
{
    public static TraceSink For(Session session, TraceChoice choice, TraceGround ground, TraceTopics topics)
    {
        TraceView view = choice.ViewOf(topics);
        if (view == TraceView.Matrix)
        {
            return new MatrixSink(ReportFor(session), ground.Head.Clock, choice.Interval, choice.Count);
        }

        if (session.Json)
        {
            return new TraceJson(session.Output, ground.Head, ground.Owners);
        }

        var look = new TraceLook(session.Output, session.Style, new TraceTime(ground.Head.Clock, session.Clock.LocalTimeZone, choice.Time))
        {
            IsWide = choice.IsWide,
            HasHeader = choice.HasHeader,
            Rows = session.Style.Columns is null ? null : OutputDescriptor.StandardOutput.Rows,
        };
        return view switch
        {
            TraceView.Lives => new LifeSink(look, ground.Owners),
            TraceView.Events => new EventSink(look, ground.Owners, ground.Head.Names, topics),
            _ => new ChangeSink(look, ground.Owners),
        };
    }

    public static MatrixReport ReportFor(Session session)
        => new(session.Output, session.Style, session.Clock.LocalTimeZone, session.Json ? Environment.MachineName : null);
}
