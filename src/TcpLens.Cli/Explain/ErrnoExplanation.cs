using System.Text.Json;
using TcpLens.Diagnosis;

namespace TcpLens.Cli.Explain;

/// <summary>A page about an errno, as text and as JSON.</summary>
internal static class ErrnoExplanation
{
    private const string NotOfTcp = "No call on a TCP socket gives it in ordinary use.";

    public static string Brief(ErrnoPage page) => page.IsAssigned ? $"{page.Number}  {page.Text}" : $"{page.Number}  not assigned";

    public static Explanation Text(ErrnoPage page)
    {
        List<ExplainSection> sections = [new("What it means", [.. Meaning(page)])];
        if (page.OnTcp is { } tcp)
        {
            Explanation.AddItems(sections, "By call", tcp.Calls.Select(row => $"{Call(row.Call)}: {row.Means}"));
            Explanation.AddItems(sections, "Causes", tcp.Causes);
            Explanation.AddItems(sections, "What to do", tcp.Advice);
        }

        AddIcmp(sections, page);
        if (page.OnTcp is not null)
        {
            Explanation.AddNextSteps(sections, page.OnTcp.NextSteps);
            Explanation.AddConditions(sections, page.OnTcp.Conditions);
        }

        return new Explanation(Title(page), sections);
    }

    /// <summary>The members of the object.</summary>
    public static void Write(Utf8JsonWriter json, ErrnoPage page)
    {
        json.WriteNumber("number", page.Number);
        ExplainJson.TextOrNull(json, "symbol", page.Symbol);
        ExplainJson.Strings(json, "aliases", page.Aliases);
        ExplainJson.TextOrNull(json, "text", page.Text);
        json.WriteString("title", Title(page));
        json.WriteString("meaning", string.Join(' ', Meaning(page)));
        json.WriteBoolean("of_tcp", page.OnTcp is not null);
        json.WriteStartArray("calls");
        foreach ((SocketCall call, string means) in page.OnTcp?.Calls ?? [])
        {
            json.WriteStartObject();
            json.WriteString("call", Call(call));
            json.WriteString("means", means);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        ExplainJson.Strings(json, "causes", page.OnTcp?.Causes ?? []);
        ExplainJson.Strings(json, "advice", page.OnTcp?.Advice ?? []);
        ExplainJson.Strings(json, "icmp", page.Icmp.Select(Icmp));
        ExplainJson.NextSteps(json, page.OnTcp?.NextSteps ?? []);
        ExplainJson.Strings(json, "conditions", page.OnTcp?.Conditions ?? []);
    }

    private static string Title(ErrnoPage page) => page switch
    {
        { IsAssigned: false } => $"errno {page.Number}: not assigned",
        _ => $"{page.Symbol} ({page.Number}): {page.Text}",
    };

    private static IEnumerable<string> Meaning(ErrnoPage page)
    {
        if (page.IsAssigned && !page.IsInternal)
        {
            yield return page.OnTcp?.Meaning ?? NotOfTcp;
        }

        if (page.Elsewhere.Length > 0)
        {
            yield return page.Elsewhere;
        }

        if (page.Aliases.Count > 0)
        {
            yield return $"Also called {string.Join(", ", page.Aliases)}.";
        }
    }

    /// <summary>Messages about size are TCP's own business; of the others a program hears.</summary>
    private static void AddIcmp(List<ExplainSection> sections, ErrnoPage page)
    {
        string[] rows = [.. page.Icmp.Select(row => Explanation.Item + Icmp(row))];
        if (rows.Length > 0)
        {
            string what = page.Symbol == "EMSGSIZE"
                ? "TCP takes these itself and sends smaller segments; a connect goes on."
                : "Each of these ends a connect. To a connection that stands it is a hint: it goes on trying.";
            sections.Add(new ExplainSection("From the network", [what, .. rows]));
        }
    }

    private static string Icmp(IcmpErrno row)
    {
        string code = row.Code is { } number ? $" code {number}" : "";
        return $"ICMPv{row.Family} type {row.Type}{code}, {row.Name}";
    }

    private static string Call(SocketCall call) => call switch
    {
        SocketCall.Create => "socket(), setsockopt()",
        SocketCall.Bind => "bind(), listen()",
        SocketCall.Connect => "connect()",
        SocketCall.Accept => "accept()",
        SocketCall.Send => "send(), write()",
        SocketCall.Receive => "recv(), read()",
        SocketCall.Poll => "poll(), SO_ERROR",
        SocketCall.Any => "any call",
    };
}
