namespace TcpLens.Observation.Filters;

/// <summary>A name, in which * stands for any characters and ? for one. Case matters, as it does to the kernel.</summary>
public readonly record struct Glob(string Text)
{
    public bool IsLiteral => Text.AsSpan().IndexOfAny('*', '?') < 0;

    /// <summary>Goes back to the last star only, so that the time is at most the product of both lengths.</summary>
    public bool Matches(ReadOnlySpan<char> name)
    {
        int at = 0, inName = 0, star = -1, resume = 0;
        while (inName < name.Length)
        {
            if (at < Text.Length && Text[at] == '*')
            {
                star = at++;
                resume = inName;
            }
            else if (at < Text.Length && (Text[at] == '?' || Text[at] == name[inName]))
            {
                at++;
                inName++;
            }
            else if (star >= 0)
            {
                at = star + 1;
                inName = ++resume;
            }
            else
            {
                return false;
            }
        }

        return Text.AsSpan(at).IndexOfAnyExcept('*') < 0;
    }
}
