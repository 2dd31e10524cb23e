using TcpLens.Linux.Interop;

namespace TcpLens.Linux;

/// <summary>
/// What was changed, in a file that only grows: what is about to be done is on the disk before it is done, so that whatever kills
/// the program leaves a record from which everything can be put back.
/// </summary>
/// <param name="path">The file; it need not be there yet.</param>
public sealed class TuneJournal(string path)
{
    /// <summary>Some fifty thousand changes; a longer one is not read, and so nothing is added to it.</summary>
    private const int FileMax = 32 << 20;

    /// <summary>All changes so far.</summary>
    /// <exception cref="SystemCallException">There is a journal and it cannot be read.</exception>
    public TuneHistory Read()
    {
        SortedDictionary<int, TuneEntry> entries = [];
        List<int> unreadable = [];
        ReadOnlyMemory<byte> rest = Octets();
        for (int line = 1; !rest.IsEmpty; line++)
        {
            int end = rest.Span.IndexOf((byte)'\n');
            ReadOnlyMemory<byte> text = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            if (TuneEventText.Parse(text) is { } happened && happened.ApplyTo(entries.GetValueOrDefault(happened.Number)) is { } entry)
            {
                entries[happened.Number] = entry;
            }
            else
            {
                unreadable.Add(line);
            }
        }

        return new TuneHistory([.. entries.Values], unreadable);
    }

    /// <summary>Adds an event, and comes back when it is on the disk.</summary>
    /// <exception cref="SystemCallException">It could not be written.</exception>
    internal void Append(TuneEvent happened)
    {
        // A torn line stays what it is; the next must not be glued to it.
        string lineEnd = Octets() is [.., not (byte)'\n'] ? "\n" : "";
        DurableFile.Append(path, lineEnd + TuneEventText.Write(happened) + '\n');
    }

    private byte[] Octets()
    {
        if (!File.Exists(path))
        {
            return [];
        }

        return SmallFile.ReadAll(path, FileMax)
            ?? throw new SystemCallException("read " + path, Libc.EACCES, "run with sudo; a journal of more than 32 MiB must be moved away");
    }
}
