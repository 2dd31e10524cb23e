using System.Text;

namespace TcpLens.Linux;

/// <summary>Short names that the kernel repeats for every socket ("cubic", "bbr", "tls"): each becomes a string just once.</summary>
internal static class KnownNames
{
    private const int Limit = 64;
    private static readonly Lock Gate = new();
    private static readonly List<(byte[] Octets, string Name)> Known = [];

    public static string Of(ReadOnlySpan<byte> octets)
    {
        int end = octets.IndexOf((byte)0);
        octets = end < 0 ? octets : octets[..end];
        lock (Gate)
        {
            foreach ((byte[] known, string name) in Known)
            {
                if (octets.SequenceEqual(known))
                {
                    return name;
                }
            }

            string text = Encoding.UTF8.GetString(octets);
            if (Known.Count < Limit)
            {
                Known.Add((octets.ToArray(), text));
            }

            return text;
        }
    }
}
