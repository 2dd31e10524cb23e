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

    /// <summary>Takes the packets of a chunk.</summary>
    /// <exception cref="IOException">They could not be written.</exception>
    void Keep(PacketChunk chunk);

    /// <summary>Notes what was counted so far: the file is to tell of losses even when its writer is killed.</summary>
    void Note();

    /// <summary>Ends the last file.</summary>
    void Complete();
}
