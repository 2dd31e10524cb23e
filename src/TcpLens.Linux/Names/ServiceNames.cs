using System.Text;
using TcpLens.Linux.Interop;

namespace TcpLens.Linux;

/// <summary>TCP services by /etc/services (services(5)).</summary>
public sealed class ServiceNames
{
    private const int FileMax = 4 << 20;

    private readonly Dictionary<string, List<ushort>> _ports = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<ushort, string> _names = [];

    /// <param name="root">Where /etc is.</param>
    public ServiceNames(string root = "") => Parse(SmallFile.ReadAll(root + "/etc/services", FileMax));

    public IReadOnlyList<ushort> PortsOf(string service) => _ports.TryGetValue(service, out List<ushort>? ports) ? ports : [];

    /// <summary>The first name of a port; null when it has none.</summary>
    public string? NameOf(ushort port) => _names.GetValueOrDefault(port);

    /// <summary>"http 80/tcp www # comment": a name, a port with its protocol, other names.</summary>
    private void Parse(byte[]? text)
    {
        foreach (ReadOnlySpan<char> whole in Encoding.UTF8.GetString(text ?? []).AsSpan().EnumerateLines())
        {
            ReadOnlySpan<char> line = whole[..(whole.IndexOf('#') is >= 0 and int comment ? comment : whole.Length)];
            string[] words = line.ToString().Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 2 || !words[1].EndsWith("/tcp", StringComparison.Ordinal) || !ushort.TryParse(words[1].AsSpan(0, words[1].Length - 4), out ushort port))
            {
                continue;
            }

            _names.TryAdd(port, words[0]);
            for (int i = 0; i < words.Length; i++)
            {
                if (i != 1)
                {
                    Add(words[i], port);
                }
            }
        }
    }

    private void Add(string name, ushort port)
    {
        if (!_ports.TryGetValue(name, out List<ushort>? ports))
        {
            _ports.Add(name, ports = []);
        }

        ports.Add(port);
    }
}
