using System.Globalization;

namespace TcpLens.Lab;

/// <summary>
/// The part of Python that assertions are written in: "assert", assignments, comparisons (chained ones too), and, or, not, arithmetic, bits,
/// numbers, names. What stands behind an assertion's comma is its message and is not looked at.
/// </summary>
/// <param name="lookUp">What a name means; null when it means nothing.</param>
internal sealed class CodeEvaluator(Func<string, double?> lookUp)
{
    private readonly Func<string, double?> _lookUp = lookUp;
    private readonly Dictionary<string, double> _variables = new(StringComparer.Ordinal);

    /// <summary>Runs the statements between %{ and }%. Null when all assertions hold; else the one that does not, with the values in it.</summary>
    /// <exception cref="UnsupportedFeatureException">A statement or a name that is not known here.</exception>
    public string? Run(string code)
    {
        foreach (string statement in CodeStatements.Split(code))
        {
            if (Execute(statement) is { } failure)
            {
                return failure;
            }
        }

        return null;
    }

    private string? Execute(string statement)
    {
        if (statement.StartsWith("assert", StringComparison.Ordinal))
        {
            var seen = new SortedDictionary<string, double>(StringComparer.Ordinal);
            string asked = statement["assert".Length..].Trim();
            var expression = new CodeExpression(asked, name => seen[name] = Value(name));
            return expression.Evaluate() != 0 ? null : $"{expression.Read} is false: {string.Join(", ", seen.Select(Pair))}";
        }

        int equals = statement.IndexOf('=', StringComparison.Ordinal);
        string name = equals > 0 ? statement[..equals].Trim() : "";
        if (name.Length == 0 || !name.All(static c => char.IsAsciiLetterOrDigit(c) || c == '_'))
        {
            throw new UnsupportedFeatureException($"Python: {statement.Split(' ')[0]}");
        }

        _variables[name] = new CodeExpression(statement[(equals + 1)..], Value).Evaluate();
        return null;
    }

    private static string Pair(KeyValuePair<string, double> seen) => string.Create(CultureInfo.InvariantCulture, $"{seen.Key} = {seen.Value}");

    private double Value(string name)
        => _variables.TryGetValue(name, out double value) ? value
            : _lookUp(name) ?? throw new UnsupportedFeatureException($"the name {name} in assertions");
}
