using TcpLens.Cli.Rendering;
using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>One end's octets as they were sent, into a file or to standard output.</summary>
internal sealed class OctetCopy(ConnectionEnd wanted, Stream? file, Utf8Writer output, long limit) : IStreamTaker
{
    public long Written { get; private set; }

    /// <summary>Octets that the capture does not have.</summary>
    public long Missing { get; private set; }

    /// <summary>Octets beyond the limit.</summary>
    public long LeftOut { get; private set; }

    public void Octets(ConnectionEnd end, long offset, ReadOnlySpan<byte> octets, long timeNanoseconds)
    {
        if (end != wanted)
        {
            return;
        }

        int taken = (int)Math.Min(octets.Length, limit - Written);
        LeftOut += octets.Length - taken;
        Written += taken;
        if (file is not null)
        {
            file.Write(octets[..taken]);
        }
        else
        {
            output.Write(octets[..taken]);
        }
    }

    public void Gap(ConnectionEnd end, long offset, long octets) => Missing += end == wanted ? octets : 0;
}
