using TcpLens.Observation;

namespace TcpLens.Linux;

/// <summary>Settings of the calling thread's namespace, and the file that makes them last: all or nothing.</summary>
internal sealed class TuneTransaction(SysctlReader reader, SysctlWriter writer, DropIn? file)
{
    private readonly Stack<(string Key, string Before)> _touched = new();

    /// <summary>Writes a value, and reads back whether the kernel keeps it as it was meant.</summary>
    /// <param name="key">Dotted name.</param>
    /// <param name="before">What it is now.</param>
    /// <param name="value">What it shall become.</param>
    /// <exception cref="SystemCallException">The kernel refused it.</exception>
    /// <exception cref="IOException">The kernel took it and made something else of it.</exception>
    public void Set(string key, string before, string value)
    {
        if (SettingText.Same(key, before, value))
        {
            return;
        }

        _touched.Push((key, before));   // Before it is written: what fails half-way is put back too.
        writer.Write(key, value);
        string? kept = reader.Read(key);
        if (!SettingText.Same(key, kept, value))
        {
            throw new IOException($"could not set {key} to \"{value}\": the kernel made \"{SettingText.Normalize(kept ?? "")}\" of it; give that value if it is meant");
        }
    }

    /// <summary>Puts everything back, the last first.</summary>
    /// <returns>What could not be put back, in words; empty when everything is as it was.</returns>
    public IReadOnlyList<string> RollBack()
    {
        List<string> failures = [];
        Try(() => file?.RollBack());
        while (_touched.TryPop(out (string Key, string Before) setting))
        {
            if (!SettingText.Same(setting.Key, reader.Read(setting.Key), setting.Before))
            {
                Try(() => writer.Write(setting.Key, setting.Before));
            }
        }

        return failures;

        void Try(Action work)
        {
            try
            {
                work();
            }
            catch (SystemCallException failure)
            {
                failures.Add(failure.Message);
            }
        }
    }
}
