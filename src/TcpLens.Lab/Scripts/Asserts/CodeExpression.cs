using System.Globalization;

namespace TcpLens.Lab;

/// <summary>One expression, by recursive descent in the order of Python's precedences; truth is 1 and 0.</summary>
internal sealed class CodeExpression(string text, Func<string, double> lookUp)
{
    private const int MaxDepth = 64;

    private static readonly string[] Comparisons = ["==", "!=", "<=", ">=", "<", ">"];

    private readonly string _text = text;
    private readonly Func<string, double> _lookUp = lookUp;
    private int _position;
    private int _depth;

    /// <summary>What was read of the text.</summary>
    public string Read => _text[.._position].Trim();

    public double Evaluate() => Or();

    private double Or()
    {
        if (++_depth > MaxDepth)
        {
            throw new UnsupportedFeatureException("Python: deeply nested expressions");
        }

        double value = And();
        while (TryTakeWord("or"))
        {
            double right = And();
            value = value != 0 ? value : right;
        }

        _depth--;
        return value;
    }

    private double And()
    {
        double value = Not();
        while (TryTakeWord("and"))
        {
            double right = Not();
            value = value != 0 ? right : value;
        }

        return value;
    }

    private double Not()
    {
        bool isTurned = false;
        while (TryTakeWord("not"))
        {
            isTurned = !isTurned;
        }

        double value = Comparison();
        return isTurned ? Truth(value == 0) : value;
    }

    private double Comparison()
    {
        double left = BitwiseOr();
        bool? holds = null;
        while (Array.Find(Comparisons, TryTake) is { } comparison)
        {
            double right = BitwiseOr();
            holds = holds != false && Compare(left, comparison, right);
            left = right;
        }

        return holds is { } verdict ? Truth(verdict) : left;
    }

    private static bool Compare(double left, string comparison, double right) => comparison switch
    {
        "==" => left == right,
        "!=" => left != right,
        "<=" => left <= right,
        ">=" => left >= right,
        "<" => left < right,
        _ => left > right,
    };

    private double BitwiseOr()
    {
        double value = BitwiseAnd();
        while (TryTake("|"))
        {
            value = (long)value | (long)BitwiseAnd();
        }

        return value;
    }

    private double BitwiseAnd()
    {
        double value = Sum();
        while (TryTake("&"))
        {
            value = (long)value & (long)Sum();
        }

        return value;
    }

    private double Sum()
    {
        double value = Product();
        while (true)
        {
            if (TryTake("<<"))
            {
                value = (long)value << (int)Product();
            }
            else if (TryTake(">>"))
            {
                value = (long)value >> (int)Product();
            }
            else if (TryTake("+"))
            {
                value += Product();
            }
            else if (TryTake("-"))
            {
                value -= Product();
            }
            else
            {
                return value;
            }
        }
    }

    private double Product()
    {
        double value = Sign();
        while (true)
        {
            if (TryTake("//"))
            {
                value = Math.Floor(value / Sign());
            }
            else if (TryTake("*"))
            {
                value *= Sign();
            }
            else if (TryTake("/"))
            {
                value /= Sign();
            }
            else if (TryTake("%"))
            {
                value %= Sign();
            }
            else
            {
                return value;
            }
        }
    }

    private double Sign()
    {
        bool isNegative = false;
        while (TryTake("-"))
        {
            isNegative = !isNegative;
        }

        double value = Atom();
        return isNegative ? -value : value;
    }

    private double Atom()
    {
        if (TryTake("("))
        {
            double value = Or();
            return TryTake(")") ? value : throw Unknown();
        }

        SkipBlanks();
        int start = _position;
        while (_position < _text.Length && (char.IsAsciiLetterOrDigit(_text[_position]) || _text[_position] is '_' or '.'))
        {
            _position++;
        }

        string word = _text[start.._position];
        return word switch
        {
            "" => throw Unknown(),
            "True" => 1,
            "False" => 0,
            [(>= '0' and <= '9') or '.', ..] => Number(word),
            _ => _lookUp(word),
        };
    }

    private double Number(string word)
    {
        if (word.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            return long.TryParse(word[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long value) ? value : throw Unknown();
        }

        return double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : throw Unknown();
    }

    private UnsupportedFeatureException Unknown() => new($"Python: \"{_text.Trim()}\"");

    private static double Truth(bool value) => value ? 1 : 0;

    private bool TryTake(string sign)
    {
        SkipBlanks();
        bool fits = string.CompareOrdinal(_text, _position, sign, 0, sign.Length) == 0;
        _position += fits ? sign.Length : 0;
        return fits;
    }

    private bool TryTakeWord(string word)
    {
        SkipBlanks();
        int end = _position + word.Length;
        bool fits = string.CompareOrdinal(_text, _position, word, 0, word.Length) == 0
            && (end == _text.Length || (!char.IsAsciiLetterOrDigit(_text[end]) && _text[end] != '_'));
        _position = fits ? end : _position;
        return fits;
    }

    private void SkipBlanks()
    {
        while (_position < _text.Length && char.IsWhiteSpace(_text[_position]))
        {
            _position++;
        }
    }
}
