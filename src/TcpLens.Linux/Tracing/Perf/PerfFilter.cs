using System.Globalization;
using TcpLens.Observation;
using TcpLens.Observation.Filters;
using TcpLens.Protocol;

namespace TcpLens.Linux;

/// <summary>
/// What of a socket filter the kernel can decide before it writes a record (its filter language: Documentation/trace/events.rst): ports
/// and the family, where every socket that matches must have them. Addresses it cannot compare, and the states must all come, or nobody
/// would know when the one before had begun.
/// </summary>
internal sealed class PerfFilter
{
    private const int MostRanges = 16;   // A longer list costs more than it saves: the kernel compares one after the other.

    private readonly List<PortTest> _ports = [];
    private readonly List<FamilyTest> _families = [];

    public PerfFilter(SocketFilter filter) => Collect(filter.Root);

    /// <summary>The condition as the kernel reads it; empty when every record is wanted.</summary>
    /// <param name="format">The record's fields: what has no field is not asked for.</param>
    /// <param name="own">What is always asked of this tracepoint; may be empty.</param>
    public string For(TracepointFormat format, string own)
    {
        List<string> terms = own.Length == 0 ? [] : [own];
        if (format["family"] is not null)
        {
            terms.AddRange(_families.Select(test => test.Family == IpFamily.V4 ? "family==2" : "family==10"));
        }

        if (format["sport"] is not null && format["dport"] is not null)
        {
            terms.AddRange(_ports.Select(test => PortTerm(test, hasStates: format["oldstate"] is not null)));
        }

        return string.Join("&&", terms);
    }

    /// <summary>False when the socket is known not to be meant. One that has no port yet may still get one that is.</summary>
    public bool Allows(in TraceRecord record)
    {
        foreach (PortTest test in _ports)
        {
            bool allows = (test.Side != Side.Remote && (record.LocalPort == 0 || Contains(test, record.LocalPort)))
                || (test.Side != Side.Local && (record.RemotePort == 0 || Contains(test, record.RemotePort)));
            if (!allows)
            {
                return false;
            }
        }

        return true;
    }

    private void Collect(FilterExpression expression)
    {
        switch (expression)
        {
            case AllOf all:
                foreach (FilterExpression term in all.Terms.Span)
                {
                    Collect(term);
                }

                break;
            case PortTest test when test.Ports.Count <= MostRanges && !test.Ports.Contains(PortRange.All):
                _ports.Add(test);
                break;
            case FamilyTest test:
                _families.Add(test);
                break;
        }
    }

    /// <summary>
    /// CLOSE→SYN_SENT comes before connect() chose a port, and before Linux 6.15 LISTEN→SYN_RECV before the peer's was known: port 0 is
    /// let through. So is the end of every SYN_SENT, which tells that a socket let through got a port that nobody asked for.
    /// </summary>
    private static string PortTerm(PortTest test, bool hasStates)
    {
        List<string> terms = [];
        if (test.Side != Side.Remote)
        {
            terms.AddRange(Ranges("sport", test));
            if (hasStates)
            {
                terms.Add("oldstate==2");
            }
        }

        if (test.Side != Side.Local)
        {
            terms.AddRange(Ranges("dport", test));
        }

        return $"({string.Join("||", terms)})";
    }

    private static IEnumerable<string> Ranges(string field, PortTest test) => test.Ports
        .Select(range => range.Count == 1
            ? string.Create(CultureInfo.InvariantCulture, $"{field}=={range.First}")
            : string.Create(CultureInfo.InvariantCulture, $"({field}>={range.First}&&{field}<={range.Last})"))
        .Append(field + "==0");

    private static bool Contains(PortTest test, ushort port)
    {
        foreach (PortRange range in test.Ports.Span)
        {
            if (range.Contains(port))
            {
                return true;
            }
        }

        return false;
    }
}
