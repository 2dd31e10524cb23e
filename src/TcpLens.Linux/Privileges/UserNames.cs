using System.Buffers.Text;
using System.Text;
using TcpLens.Linux.Interop;

namespace TcpLens.Linux;

/// <summary>
/// Names of users, from /etc/passwd and nowhere else: users of LDAP, SSSD or systemd-homed stay numbers, because asking the name
/// service may block for seconds on a network that is just what is being looked at.
/// </summary>
public sealed class UserNames
{
    /// <summary>Far beyond any passwd file that is read by people.</summary>
    private const int FileMax = 4 << 20;

    private readonly Dictionary<uint, string> _names = [];
    private readonly Dictionary<string, uint> _ids = [];
    private readonly Dictionary<uint, uint> _groups = [];

    /// <param name="root">What stands before /etc/passwd.</param>
    public UserNames(string root = "") => Parse(SmallFile.ReadAll(root + "/etc/passwd", FileMax));

    /// <summary>Null when passwd has no such user.</summary>
    public string? NameOf(uint userId) => _names.GetValueOrDefault(userId);

    /// <summary>Null when passwd has no such user.</summary>
    public uint? IdOf(string name) => _ids.TryGetValue(name, out uint id) ? id : null;

    /// <summary>The user's own group; null when passwd has no such user, or does not say.</summary>
    public uint? GroupOf(uint userId) => _groups.TryGetValue(userId, out uint group) ? group : null;

    /// <summary>name:password:uid:gid:…; the first of several names of one number is the one shown. Other lines are passed over.</summary>
    private void Parse(ReadOnlySpan<byte> text)
    {
        foreach (Range lineRange in text.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = text[lineRange];
            int name = line.IndexOf((byte)':');
            int password = name < 0 ? -1 : line[(name + 1)..].IndexOf((byte)':');
            if (name > 0 && password >= 0 && Utf8Parser.TryParse(line[(name + 1 + password + 1)..], out uint id, out int digits)
                && line[(name + 1 + password + 1 + digits)..] is [(byte)':', ..])
            {
                string user = Encoding.UTF8.GetString(line[..name]);
                _names.TryAdd(id, user);
                _ids.TryAdd(user, id);
                if (Utf8Parser.TryParse(line[(name + 1 + password + 1 + digits + 1)..], out uint group, out _))
                {
                    _groups.TryAdd(id, group);
                }
            }
        }
    }
}
