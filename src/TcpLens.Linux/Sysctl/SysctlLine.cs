using TcpLens.Observation;

namespace TcpLens.Linux;

/// <summary>One line of a sysctl file: "key = value", with '-' before it when a failure shall not matter (sysctl.d(5)).</summary>
internal static class SysctlLine
{
    /// <returns>False for comments, empty lines, and lines that set nothing.</returns>
    public static bool TryParse(ReadOnlySpan<char> line, out string key, out string value)
    {
        (key, value) = ("", "");
        line = line.Trim();
        int equals = line.IndexOf('=');
        if (equals <= 0 || line[0] is '#' or ';')
        {
            return false;
        }

        ReadOnlySpan<char> name = line[..equals].TrimEnd();
        key = SettingName.Dotted((name is ['-', .. var rest] ? rest : name).ToString());
        value = line[(equals + 1)..].Trim().ToString();
        return key.Length > 0;
    }
}
