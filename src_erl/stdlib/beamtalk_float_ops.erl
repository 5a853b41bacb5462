%%% @doc Primitives of Float, and the functions of analysis on Integer, where OTP's `math' does not answer as promised by itself.
%%%
%%% `math' raises badarith outside a function's domain, but badarg for what is no number or too large to be a float; here both are badarith.
-module(beamtalk_float_ops).

-export([pi/1, e/1, asFloat/1, raisedTo/2, atan2/2]).
-export([sin/1, cos/1, tan/1, asin/1, acos/1, atan/1, sqrt/1, log/1, log2/1, log10/1, exp/1]).

-spec pi(term()) -> float().
pi(_Class) -> math:pi().

-spec e(term()) -> float().
e(_Class) -> 2.718281828459045.

-spec asFloat(integer()) -> float().
asFloat(N) -> apply1(fun erlang:float/1, N).

-spec raisedTo(number(), term()) -> float().
raisedTo(Base, Exponent) -> apply2(fun math:pow/2, Base, Exponent).

-spec atan2(number(), term()) -> float().
atan2(Y, X) -> apply2(fun math:atan2/2, Y, X).

-spec sin(number()) -> float().
sin(X) -> math:sin(X).

-spec cos(number()) -> float().
cos(X) -> math:cos(X).

-spec tan(number()) -> float().
tan(X) -> math:tan(X).

-spec asin(number()) -> float().
asin(X) -> math:asin(X).

-spec acos(number()) -> float().
acos(X) -> math:acos(X).

-spec atan(number()) -> float().
atan(X) -> math:atan(X).

-spec sqrt(number()) -> float().
sqrt(X) -> apply1(fun math:sqrt/1, X).

-spec log(number()) -> float().
log(X) -> apply1(fun math:log/1, X).

-spec log2(number()) -> float().
log2(X) -> apply1(fun math:log2/1, X).

-spec log10(number()) -> float().
log10(X) -> apply1(fun math:log10/1, X).

-spec exp(number()) -> float().
exp(X) -> apply1(fun math:exp/1, X).

apply1(Function, X) ->
    try
        Function(X)
    catch
        error:badarg -> erlang:error(badarith)
    end.

apply2(Function, X, Y) ->
    try
        Function(X, Y)
    catch
        error:badarg -> erlang:error(badarith)
    end.
