namespace TcpLens.Cli;

/// <summary>Where captured packets go. All of it is called by the thread that captures.</summary>
internal interface IPacketStore
{
    /// <summary>Packets that are in files, those of files that were deleted again left out.</summary>
    long PacketsKept { get; }

    /// <summary>Octets of all files.</summary>
    long OctetsWritten { get; }

    /// <summary>The files there are, oldest first.</summary>
    IReadOnlyList<string> Paths { get; }

    /// <summary>The file that is written now; null while there is none.</summary>
    string? CurrentPath { get; }

    /// <summary>True when nothing more is wanted.</summary>
    bool IsDone { get; }

    /// <summary>Takes packets, as whole blocks.</summary>
    /// <exception cref="IOException">They could not be written.</exception>
    void Keep(ReadOnlySpan<byte> blocks, int packets);

    /// <summary>Notes what was counted so far: the file is to tell of losses even when its writer is killed.</summary>
    void Note();

    /// <summary>Ends the last file.</summary>
    void Complete();
}
