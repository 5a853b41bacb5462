%%% @doc Changes to the Core Erlang of classes that are compiled for a test run. Pure.
%%%
%%% A call in tail position leaves no frame behind: the trace of an assertion that ends its method would name the assertion alone. So each
%%% method and each block in it hands the value of its body through one more call. The functions of a loop are left as they are, or
%%% a long loop would need a frame a turn.
%%%
%%% And calls that would end the node, and with it the run, go to a function that refuses them.
-module(beamtalk_test_code).

-export([keep_frames/2, redirect/2]).

-export_type([redirections/0]).

%% From a function of any arity to one that gets its module and name.
-type redirections() :: #{{module(), atom()} => {module(), atom()}}.

%% @doc Keeps the frames of the module's methods if its class is a direct subclass of one of these.
-spec keep_frames(cerl:c_module(), [atom()]) -> cerl:c_module().
keep_frames(Module, Superclasses) ->
    Named = [cerl:concrete(Value) || {Name, Value} <- cerl:module_attrs(Module), cerl:concrete(Name) =:= beamtalk_class],
    case [Superclass || [{_, Superclass}] <- Named, lists:member(Superclass, Superclasses)] of
        [_ | _] -> definitions(fun kept_method/1, Module);
        [] -> Module
    end.

definitions(Change, Module) ->
    cerl:update_c_module(
        Module,
        cerl:module_name(Module),
        cerl:module_exports(Module),
        cerl:module_attrs(Module),
        [{Name, Change(Fun)} || {Name, Fun} <- cerl:module_defs(Module)]
    ).

%% Methods have a place in the source; other functions are the compiler's own.
kept_method(Fun) ->
    case lists:any(fun is_integer/1, cerl:get_ann(Fun)) of
        true -> kept(Fun);
        false -> Fun
    end.

kept(Fun) ->
    cerl:update_c_fun(Fun, cerl:fun_vars(Fun), framed(inside(cerl:fun_body(Fun)))).

inside(Tree) ->
    case cerl:type(Tree) of
        'fun' ->
            kept(Tree);
        letrec ->
            Definitions = [
                {Name, cerl:update_c_fun(Loop, cerl:fun_vars(Loop), inside(cerl:fun_body(Loop)))}
             || {Name, Loop} <- cerl:letrec_defs(Tree)
            ],
            cerl:update_c_letrec(Tree, Definitions, inside(cerl:letrec_body(Tree)));
        _ ->
            below(fun inside/1, Tree)
    end.

below(Change, Tree) ->
    case cerl:type(Tree) of
        %% For `cerl' the constant pairs of a map are none of its subtrees, and `update_tree/2' loses them.
        map ->
            cerl:update_c_map(Tree, Change(cerl:map_arg(Tree)), [Change(Pair) || Pair <- cerl:map_es(Tree)]);
        _ ->
            case cerl:subtrees(Tree) of
                [] -> Tree;
                Groups -> cerl:update_tree(Tree, [[Change(Sub) || Sub <- Group] || Group <- Groups])
            end
    end.

%% Any call will do that gives its argument back and that OTP's compiler does not work out itself.
framed(Body) ->
    Value = cerl:c_var(kept_value),
    Answered = cerl:c_call(cerl:c_atom(lists), cerl:c_atom(last), [cerl:c_cons(Value, cerl:c_nil())]),
    cerl:c_let([Value], Body, Answered).

-spec redirect(cerl:c_module(), redirections()) -> cerl:c_module().
redirect(Module, Redirections) ->
    definitions(fun(Fun) -> redirected(Fun, Redirections) end, Module).

redirected(Tree, Redirections) ->
    case target(Tree, Redirections) of
        {ok, {Module, Name}} ->
            Called = [cerl:call_module(Tree), cerl:call_name(Tree)],
            cerl:update_c_call(Tree, cerl:c_atom(Module), cerl:c_atom(Name), Called);
        error ->
            below(fun(Sub) -> redirected(Sub, Redirections) end, Tree)
    end.

target(Tree, Redirections) ->
    case cerl:is_c_call(Tree) andalso [cerl:call_module(Tree), cerl:call_name(Tree)] of
        false ->
            error;
        Called ->
            case lists:all(fun cerl:is_c_atom/1, Called) of
                true -> maps:find(list_to_tuple([cerl:atom_val(Name) || Name <- Called]), Redirections);
                false -> error
            end
    end.
