using TcpLens.Linux;
using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>Where packets are captured: the namespace and the interface that were asked for, or the usual ones.</summary>
internal static class CaptureGround
{
    /// <exception cref="UsageException">No such namespace, or the filter cannot be understood.</exception>
    /// <exception cref="IOException">It cannot be captured there; the message says what to do.</exception>
    public static LiveCapture Open(Session session, CaptureChoice choice)
    {
        try
        {
            return session.Netns is null ? Open(choice) : NamespaceScope.Run(PlaceOf(session.Netns), () => Open(choice));
        }
        catch (FilterSyntaxException failure)
        {
            throw FilterAdvice.Of(failure);
        }
    }

    private static LiveCapture Open(CaptureChoice choice) => LiveCapture.Open(new LiveCaptureOptions
    {
        Interface = choice.Interface ?? First(),
        Filter = choice.Filter,
        SnapLength = choice.SnapLength,
        BufferOctets = choice.BufferOctets,
        IsPromiscuous = choice.IsPromiscuous,
    });

    private static NetworkNamespace PlaceOf(string text)
    {
        NamespaceSurvey survey = new NamespaceFinder().FindAll(deep: false);
        if (!survey.TrySelect(text, out IReadOnlyList<NetworkNamespace> chosen, out string? failure))
        {
            throw new UsageException($"--netns {text}: {failure}");
        }

        return chosen is [var one] ? one : throw new UsageException("packets are captured in one network namespace: name one (tcplens netns lists them)");
    }

    /// <summary>As tcpdump chooses: the first that is up, and loopback only where there is nothing else.</summary>
    private static string First()
        => CaptureInterfaces.Names() is [var first, ..] ? first : throw new IOException("could not capture: there is no network interface here");
}
