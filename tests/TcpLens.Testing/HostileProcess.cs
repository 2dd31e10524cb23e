namespace TcpLens.Testing;

/// <summary>Processes that are odd to look at.</summary>
public static class HostileProcess
{
    /// <summary>Clears the screen and turns the text red when a reader prints it as it is; 15 octets, the most a comm can hold.</summary>
    public const string EscapeSequences = "\u001b[2J\u001b[31m\nEVIL";

    /// <summary>A process with a TCP listener on 127.0.0.1 that calls itself <paramref name="comm"/> (at most 15 octets).</summary>
    public static BackgroundProcess Named(string comm, TestNamespace? ns = null)
        => BackgroundProcess.Start(ns, NativeProgram.Build("oddball"), "-c", comm);

    /// <summary>A process with this many descriptors, one of them a TCP listener on 127.0.0.1 (it stays below the hard limit by itself).</summary>
    public static BackgroundProcess WithDescriptors(int count, TestNamespace? ns = null)
        => BackgroundProcess.Start(ns, NativeProgram.Build("oddball"), "-f", $"{count}");
}
