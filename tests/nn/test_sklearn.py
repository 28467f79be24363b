"""scikit-learn's face: its own checks pass, and its tools take the estimators for theirs."""

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_iris
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import estimator_checks_generator

from nn.sklearn import MLPClassifier, MLPRegressor

SMALL = {"hidden_layer_sizes": (8,), "max_iter": 25, "learning_rate_init": 0.05}
CHECKS = [
    pytest.param(*pair, id=f"{type(pair[0]).__name__}-{i}")
    for kind in (MLPClassifier, MLPRegressor)
    for i, pair in enumerate(estimator_checks_generator(kind(**SMALL)))
]
X, y = load_iris(return_X_y=True)
NAMES = np.array(["setosa", "versicolor", "virginica"])[y]


@pytest.mark.filterwarnings("ignore")  # the checks provoke scikit-learn's own
@pytest.mark.parametrize(("estimator", "check"), CHECKS)
def test_scikit_learns_own_checks_pass(estimator, check):
    try:
        check(estimator)
    except Exception as error:
        if type(error).__name__ != "SkipTest":  # of arrays of other libraries
            raise


def test_classes_may_be_texts_and_probabilities_are_theirs():
    model = MLPClassifier((8,), random_state=0).fit(X, NAMES)
    assert model.classes_.tolist() == ["setosa", "versicolor", "virginica"]
    assert model.score(X, NAMES) > 0.9
    p = model.predict_proba(X)
    assert p.shape == (150, 3)
    np.testing.assert_allclose(p.sum(axis=1), 1)
    assert (model.predict(X) == model.classes_[p.argmax(axis=1)]).all()
    np.testing.assert_allclose(np.exp(model.predict_log_proba(X)), p)


def test_the_face_and_fit_give_the_same_network():
    from nn import MLP, Adam, fit, l2

    model = MLPClassifier((5,), "tanh", max_iter=3, random_state=3, alpha=0.1).fit(X, y)
    seed = int(np.random.RandomState(3).randint(2**31))
    own = MLP(4, [5, 3], "tanh", seed=seed)
    adam = Adam(own.parameters(), lr=0.01)
    penalty = lambda ws: 0.1 / 300 * l2(ws)
    settings = {"epochs": 3, "batch_size": 150, "regularizer": penalty, "progress": False}
    history = fit(own, X, y, "cross_entropy", optimizer=adam, seed=seed, **settings)
    assert model.loss_curve_ == history.loss
    assert [p.data for p in model.model_.parameters()] == [p.data for p in own.parameters()]


def test_the_random_state_decides():
    def scores(state):
        return MLPRegressor(random_state=state, **SMALL).fit(X, y).predict(X).tolist()

    assert scores(1) == scores(1) != scores(2)


def test_pipelines_searches_and_cross_validation_take_them():
    pipeline = make_pipeline(StandardScaler(), MLPClassifier(random_state=0, **SMALL))
    assert cross_val_score(pipeline, X, NAMES, cv=3).mean() > 0.85
    grid = {"mlpclassifier__alpha": [1e-4, 1.0], "mlpclassifier__solver": ["Adam", "SGD"]}
    search = GridSearchCV(pipeline, grid, cv=2).fit(X, NAMES)
    assert search.best_params_["mlpclassifier__solver"] == "Adam"


def test_frames_give_names_to_features():
    frame = pd.DataFrame(X, columns=list("abcd"))
    model = MLPClassifier(random_state=0, **SMALL).fit(frame, pd.Series(NAMES))
    assert model.feature_names_in_.tolist() == list("abcd")
    with pytest.raises(ValueError, match="feature names should match"):
        model.predict(frame.rename(columns={"a": "z"}))


def test_partial_fit_goes_on_epoch_by_epoch():
    model = MLPClassifier(random_state=0, **SMALL)
    for _ in range(30):
        model.partial_fit(X, NAMES)
    assert model.n_iter_ == len(model.loss_curve_) == 30
    assert model.loss_curve_[-1] < model.loss_curve_[0]
    streamed = MLPClassifier(random_state=0, **SMALL)
    streamed.partial_fit(X[:50], NAMES[:50], classes=["virginica", "setosa", "versicolor"])
    streamed.partial_fit(X[50:], NAMES[50:])
    assert streamed.classes_.tolist() == ["setosa", "versicolor", "virginica"]
    with pytest.raises(ValueError, match="y has the class .*rosa"):
        streamed.partial_fit(X[:1], ["rosa"])


@pytest.mark.parametrize("kind", [MLPClassifier, MLPRegressor])
def test_early_stopping_holds_samples_out_and_keeps_the_best(kind):
    settings = {**SMALL, "max_iter": 300, "n_iter_no_change": 3}
    model = kind(early_stopping=True, random_state=0, **settings).fit(X, y)
    assert model.n_iter_ < 300
    assert len(model.history_.validation) == model.n_iter_
    assert model.history_.best == [p.data for p in model.model_.parameters()]


def test_a_pickle_predicts_and_goes_on():
    model = MLPClassifier(random_state=0, **SMALL).fit(X, NAMES)
    twin = pickle.loads(pickle.dumps(model))
    assert np.array_equal(twin.predict_proba(X), model.predict_proba(X))
    for m in (model, twin):
        m.partial_fit(X, NAMES)
    assert np.array_equal(twin.predict_proba(X), model.predict_proba(X))


def test_a_regressor_predicts_several_numbers():
    several = np.stack([X[:, 0] - X[:, 1], X[:, 2]], axis=1)
    model = MLPRegressor(random_state=0, **{**SMALL, "max_iter": 100}).fit(X, several)
    assert model.predict(X).shape == (150, 2)
    assert model.score(X, several) > 0.8


def test_mistakes_are_named():
    with pytest.raises(ValueError, match="y has one class"):
        MLPClassifier().fit(X, np.zeros(150, int))
    for settings, says in (
        ({"max_iter": 0}, "max_iter is a whole number ≥ 1, given 0"),
        ({"alpha": -1.0}, "alpha is a finite number ≥ 0, given -1.0"),
        ({"solver": None}, "no solver is called 'None'"),
    ):
        with pytest.raises(ValueError, match=says):
            MLPRegressor(**settings).fit([[0.0], [1.0]], [0.0, 1.0])
    with pytest.raises(ValueError, match="no solver is called 'adam'; did you mean 'Adam'"):
        MLPRegressor(solver="adam").fit(X, y)
    with pytest.raises(NotFittedError):
        MLPClassifier().predict(X)
