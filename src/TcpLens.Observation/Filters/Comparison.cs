namespace TcpLens.Observation.Filters;

public enum Comparison : byte
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

internal static class Comparisons
{
    extension(Comparison comparison)
    {
        public string Symbol => comparison switch
        {
            Comparison.Equal => "=",
            Comparison.NotEqual => "!=",
            Comparison.Less => "<",
            Comparison.LessOrEqual => "<=",
            Comparison.Greater => ">",
            Comparison.GreaterOrEqual => ">=",
        };

        public bool Holds(ulong value, ulong bound) => comparison switch
        {
            Comparison.Equal => value == bound,
            Comparison.NotEqual => value != bound,
            Comparison.Less => value < bound,
            Comparison.LessOrEqual => value <= bound,
            Comparison.Greater => value > bound,
            Comparison.GreaterOrEqual => value >= bound,
        };
    }
}
